/** A template as it is used: with parts of it replaced, and by somebody who may take out what it says. */
import type { z } from 'zod';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { datasetWithin } from '../../datasets/custom/tenant-dataset.ts';
import { dataset as datasetOf } from '../../datasets/registry.ts';
import { AppError } from '../../platform/errors.ts';
import type { ExportAsked } from '../asked.ts';
import { assertPossible, type ExportPlan, planExport } from '../snapshot.ts';
import { askedBy, type ExportWanted, wantedSchema } from '../wanted.ts';
import { findTemplate, type Template } from './template.ts';

const { format, gzip } = wantedSchema.shape;

/** What may be said beside a template: anything, and nothing stands for itself. The dataset is the template's. */
export const overridesSchema = wantedSchema
  .extend({ format: format.unwrap(), gzip: gzip.unwrap() })
  .omit({ dataset: true })
  .partial();

export type Overrides = z.output<typeof overridesSchema>;

/**
 * @param overrides each part of them in the place of the template's own.
 * @throws AppError `template.invalid` for a template that this program cannot read any more.
 */
export function wantedOf(
  { name, dataset, content }: Pick<Template, 'name' | 'dataset' | 'content'>,
  overrides: Overrides = {},
): ExportWanted {
  const said = Object.entries(overrides).filter(([, value]) => value !== undefined);
  const read = wantedSchema.safeParse({ ...(content as object), ...Object.fromEntries(said), dataset });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw unusable(name, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

/** Who uses it, and for whose data; the dataset with the tenant's own fields. */
export type Use = Pick<ExportAsked, 'tenant' | 'dataset' | 'permissions' | 'by' | 'source'>;

/**
 * @returns the plan of what is asked for. Fields that the user may not read are left out when it is made.
 * @throws AppError `template.invalid` naming a field that is gone; `permission.missing` for a filter or an order by one
 *   that the user may not read.
 */
export function planOf(name: string, wanted: ExportWanted, use: Use): ExportPlan {
  try {
    const plan = planExport({ ...askedBy(wanted), ...use });
    assertPossible(plan);
    return plan;
  } catch (error) {
    const isItsOwn =
      error instanceof AppError && (error.code === 'export.invalid' || error.code === 'filter.invalid');
    throw isItsOwn ? unusable(name, error.message, error) : error;
  }
}

/**
 * What an export wants that names a template.
 *
 * @param named an id, or a name. @param overrides each part of them in the place of the template's own.
 * @throws AppError `template.not_found`, and as `planOf` does.
 */
export async function wantedByTemplate(
  tx: TenantTransaction,
  { named, overrides }: { readonly named: string; readonly overrides: Overrides },
  use: Omit<Use, 'dataset'>,
): Promise<ExportWanted> {
  const template = await findTemplate(tx, named);
  const wanted = wantedOf(template, overrides);
  planOf(template.name, wanted, { ...use, dataset: await datasetWithin(tx, datasetOf(template.dataset)) });
  return wanted;
}

function unusable(name: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'template.invalid',
    `The template "${name}" cannot be used as it is: ${reason}`,
    { template: name },
    { cause },
  );
}
