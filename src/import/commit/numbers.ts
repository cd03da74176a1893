/**
 * Numbers that a run gives out: one block for the whole run, in the order of the file, reserved in a short
 * transaction of its own before the first chunk. A process that takes the run over finds the block in the run.
 */

import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Numbers } from '../../datasets/define-dataset.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { givenNumber } from './create.ts';

/**
 * How many numbers each chunk gives out: new records for which the file has none, those that a written chunk had to
 * leave out among them, since their numbers are used up. Empty for a dataset without numbers.
 */
export async function numbersByChunk(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<ReadonlyMap<number, number>> {
  const { numbers } = run.dataset;
  if (numbers === undefined) return new Map();
  const given = bringsNumbers(fields, numbers);
  const join = `join staging.${run.dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row`;
  const { rows } = await tx.query<{ chunk: number; numbers: number }>(
    `select p.chunk, count(*)::int as numbers from import_plan p ${given ? join : ''}
     where p.tenant_id = $1 and p.import_id = $2 and (p.outcome = 'create' or p.code = 'changed_since_check' and p.version is null)
       ${given ? `and ${givenNumber(fields, numbers)} is null` : ''}
     group by p.chunk`,
    [run.tenantId, run.id],
  );
  return new Map(rows.map((row) => [row.chunk, row.numbers]));
}

/** The same for a run of one chunk that nobody has written to, by the records that it creates. */
export async function numbersOfBatch(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
  created: number,
): Promise<number> {
  const { numbers } = run.dataset;
  if (numbers !== undefined && !bringsNumbers(fields, numbers)) return created;
  return (await numbersByChunk(tx, run, fields)).get(0) ?? 0;
}

function bringsNumbers({ rules }: RunFields, { field, instead }: Numbers): boolean {
  return rules.staged.has(field) || (instead !== undefined && rules.staged.has(instead));
}

/**
 * Moves the tenant's counter past every number that the file itself brings and past the block, and keeps the block's
 * begin in the run. @returns the number before the block's first; the run's own when it has a block already, null when
 * the dataset gives out no numbers.
 */
export async function reserveNumbers(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
  amount: number,
): Promise<number | null> {
  const { numbers } = run.dataset;
  if (numbers === undefined || run.numberBase !== null) return run.numberBase;
  const highest = bringsNumbers(fields, numbers) ? await highestGiven(tx, run, fields) : 0;
  const base = await takeBlock(tx, numbers, amount, highest);
  await tx.query('update imports set number_base = $3 where tenant_id = $1 and id = $2', [
    run.tenantId,
    run.id,
    base,
  ]);
  return base;
}

/**
 * Moves the tenant's counter past a block of numbers that nobody else gives out.
 * @param highest the block begins behind it, at the earliest. @returns the number before the block's first.
 */
export async function takeBlock(
  tx: TenantTransaction,
  { counter }: Numbers,
  amount: number,
  highest = 0,
): Promise<number> {
  const { rows } = await tx.query<{ value: number }>(
    `insert into tenant_counters as c (tenant_id, name, value) values ($1, $2, $3::bigint + $4)
     on conflict (tenant_id, name) do update set value = greatest(c.value, $3) + $4 returning value`,
    [tx.tenantId, counter, highest, amount],
  );
  return Number(rows[0]?.value) - amount;
}

/** More would leave none behind it that a number in JavaScript holds; nobody counts so far. */
const digitsMax = 15;

/** The highest number of our own form among those that rows bring along; 0 when there is none. */
async function highestGiven(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<number> {
  const { numbers } = run.dataset;
  if (numbers === undefined) return 0;
  const given = givenNumber(fields, numbers);
  const { rows } = await tx.query<{ highest: number | null }>(
    `select max(substring(${given} from ${numbers.prefix.length + 1})::bigint) as highest
     from import_plan p join staging.${run.dataset.key} s
       on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row
     where p.tenant_id = $1 and p.import_id = $2 and (p.outcome = 'create' or p.code = 'changed_since_check' and p.version is null
         or p.outcome = 'update' and ${literal(numbers.field)} = any (p.changed))
       and ${given} ~ ${literal(`^${numbers.prefix}[0-9]{1,${digitsMax}}$`)}`,
    [run.tenantId, run.id],
  );
  return Number(rows[0]?.highest ?? 0);
}
