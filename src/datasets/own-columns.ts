/** What every record bears beside its fields when it comes to be. */
import type { Part } from './define-dataset.ts';

/** @param created whether the dataset has a field `created_at`, which a file may bring along. */
export function ownColumns({ created }: { readonly created: boolean }): NonNullable<Part['fixed']> {
  return (of, at, by) => ({
    version: '1',
    created_at: created ? `coalesce(${of('created_at')}, ${at})` : at,
    created_by: by,
    updated_at: at,
    updated_by: by,
  });
}
