/** Puts a batch's rows into staging, and the problems of the others beside the run, in the batch's own transaction. */
import { toJsonb } from '../../database/jsonb.ts';
import { identifier } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { customColumn, type Packing, packing } from '../../datasets/custom/stored-value.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import { fieldType } from '../../field-types/registry.ts';
import { newId } from '../../platform/ids.ts';
import type { RunFields } from '../sql/run-fields.ts';
import type { BatchProblem, ReadRow, RowSet } from './read-rows.ts';

export interface StagedBatch {
  readonly importId: string;
  readonly fields: RunFields;
  readonly rows: readonly ReadRow[];
  readonly sets: readonly RowSet[];
  /** The id of the record that each row is to be written to, for a batch that says so. */
  readonly ids?: ReadonlyMap<number, string>;
}

/**
 * The values go as one JSON text, which is the fastest way in for some hundred rows: row security does not allow COPY.
 */
export async function stageBatch(tx: TenantTransaction, batch: StagedBatch): Promise<void> {
  const { fields, rows, ids } = batch;
  if (rows.length === 0) return;
  const { dataset } = fields;
  const packings = new Map(batch.sets.map((set) => [set, packing(dataset, set.staged)]));
  const columns = [...new Set([...packings.values()].flatMap((packed) => packed.columns))];
  const isSparse = (fields.rules.sparse?.size ?? 0) > 0;
  const own = [...columns, ...(ids === undefined ? [] : ['id']), ...(isSparse ? ['given'] : [])];
  const types = own.map((column) => stagedType(dataset, column));
  const names = own.map(identifier);
  const records = rows.map((row) => recordOf(row, packings.get(row.of), { ids, isSparse }));
  await tx.query(
    `insert into staging.${dataset.key} (tenant_id, import_id, chunk, row, new_id${names.map((name) => `, ${name}`).join('')})
     select $1, $2, 0, r."#row", r."#new"${names.map((name, i) => `, r.${name}::${types[i]}`).join('')}
     from json_to_recordset($3::json) as r("#row" bigint, "#new" uuid${names.map((name) => `, ${name} text`).join('')})`,
    [tx.tenantId, batch.importId, JSON.stringify(records)],
  );
}

function recordOf(
  { row, values: unpacked, of }: ReadRow,
  { columns, pack }: Packing = { columns: of.staged, pack: (values) => values },
  { ids, isSparse }: { readonly ids: ReadonlyMap<number, string> | undefined; readonly isSparse: boolean },
): Record<string, string | number> {
  const record: Record<string, string | number> = { '#row': row, '#new': newId() };
  const values = pack(unpacked);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (value != null) record[columns[i] as string] = value;
  }
  const id = ids?.get(row);
  if (id !== undefined) record.id = id;
  if (isSparse) record.given = `{${of.fields.join(',')}}`;
  return record;
}

/** A reference is staged as the text that the row has; a normal form, which is no field, is text too. */
function stagedType(dataset: Dataset, column: string): string {
  if (column === 'given') return 'text[]';
  if (column === customColumn) return 'jsonb';
  return dataset.has(column) ? fieldType(dataset.field(column).type).sqlType : 'text';
}

export async function keepProblems(
  tx: TenantTransaction,
  importId: string,
  problems: readonly BatchProblem[],
): Promise<void> {
  if (problems.length === 0) return;
  await tx.query(
    `insert into import_problems (tenant_id, import_id, row, field, code, details, warning)
     select $1, $2, p.row, p.field, p.code, p.details, false
     from jsonb_to_recordset($3::jsonb) as p(row bigint, field text, code text, details jsonb)`,
    [tx.tenantId, importId, toJsonb(problems)],
  );
}
