/** Figures that other records keep of those a run writes: whose they are is read from the plan and the journal of a chunk. */
import { identifier, literal } from '../database/literal.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { Figures } from '../datasets/define-dataset.ts';
import { refreshFigures } from '../datasets/refresh-figures.ts';
import type { ImportRun } from './run.ts';

/** Ids of the records that keep figures of a chunk's records, for each of the dataset's figures. */
export type Keepers = readonly (readonly string[])[];

/**
 * Those that the chunk's records name now, and those that they named before or after a change of the chunk. Commit asks
 * when it has written, undo before it writes.
 */
export async function keepersOf(tx: TenantTransaction, run: ImportRun, chunk: number): Promise<Keepers> {
  const keepers: string[][] = [];
  for (const figures of run.dataset.figures ?? []) {
    const { rows } = await tx.query<{ id: string }>(keepersStatement(run, figures), [
      run.tenantId,
      run.id,
      chunk,
    ]);
    keepers.push(rows.map(({ id }) => id));
  }
  return keepers;
}

function keepersStatement({ dataset }: ImportRun, { through }: Figures): string {
  const field = dataset.field(through);
  const key = literal(through);
  const side = (name: string): string =>
    `select (c.${name} ->> ${key})::uuid as id from changes c
      where c.tenant_id = $1 and c.import_id = $2 and c.chunk = $3 and c.phase in ('commit', 'release') and c.${name} ? ${key}`;
  // Of the plan no more than its new records is kept for ever; those that were changed are in the journal.
  return `select id from (
      select o.id from (
        select p.record_id from import_plan p where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create'
        union select c.record_id from changes c where c.tenant_id = $1 and c.import_id = $2 and c.chunk = $3 and c.phase = 'commit') w
      join lateral (select r.${identifier(field.column ?? field.key)} as id from ${dataset.root.table} r
        where r.tenant_id = $1 and r.id = w.record_id limit 1) o on true
      union ${side('before')} union ${side('after')}) k
    where id is not null`;
}

export async function refreshKeepers(tx: TenantTransaction, run: ImportRun, keepers: Keepers): Promise<void> {
  for (const [place, figures] of (run.dataset.figures ?? []).entries())
    await refreshFigures(tx, figures, keepers[place] ?? []);
}
