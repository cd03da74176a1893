/**
 * What the planner knows of the tables comes from samples, which the server takes when much has changed. A tenant that
 * grew from nothing beside a large one is none of the values it knows until then: it takes such a tenant for a single
 * row, finds any index that begins with the tenant as good as the right one, and reads all of the tenant's rows to find
 * one. So a run that wrote a good part of what is there has samples taken at its end, of the columns that joins and
 * look-ups go by.
 */
import type { Database } from '../../database/connect.ts';
import { identifier } from '../../database/literal.ts';
import type { Dataset, Part } from '../../datasets/define-dataset.ts';
import { log } from '../../platform/log.ts';
import { comparedColumn } from '../check/targets.ts';

/** Fewer are found quickly by any index. */
const rowsMin = 1000;
/** Of the rows that are there. Of what is less, reading all of it costs little, and a sample of the table may miss it. */
const shareMin = 0.001;

/** Never fails: the server does it by itself sooner or later. */
export async function renewStatistics(
  database: Database,
  dataset: Dataset,
  rowsWritten: number,
): Promise<void> {
  if (rowsWritten < rowsMin) return;
  try {
    if (!(await isDue(database, dataset, rowsWritten))) return;
    for (const part of dataset.parts)
      await database.app.query(`analyze (skip_locked) ${part.table} (${sampled(dataset, part).join(', ')})`);
  } catch (error) {
    log().debug({ err: error }, 'the samples of the tables were not renewed');
  }
}

/** Servers before 17 let nobody but a table's owner take its samples. */
async function isDue(database: Database, { root, parts }: Dataset, rowsWritten: number): Promise<boolean> {
  const { rows } = await database.app.query<{ due: boolean }>(
    `select case when current_setting('server_version_num')::int < 170000 then false
       else (select bool_and(has_table_privilege(p::regclass, 'MAINTAIN')) from unnest($2::text[]) p) end
       and (select $3 >= reltuples * $4::float8 from pg_class where oid = $1::regclass) as due`,
    [root.table, parts.map(({ table }) => table), rowsWritten, shareMin],
  );
  return rows[0]?.due ?? false;
}

/** @returns names of columns, ready to stand in a statement. */
function sampled(dataset: Dataset, part: Part): readonly string[] {
  if (part.kind !== 'root') return ['tenant_id', part.ownerColumn ?? 'id'].map(identifier);
  const keys = dataset.matchKeys.filter((key) => dataset.field(key).part === part.key);
  return [
    ...new Set([...['tenant_id', 'id'].map(identifier), ...keys.map((key) => comparedColumn(dataset, key))]),
  ];
}
