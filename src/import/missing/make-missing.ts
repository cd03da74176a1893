/** Makes the records that the check listed and that rows of the plan still name, before the first chunk is written. */
import { literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { type CreateResult, createStatement } from '../commit/create.ts';
import { takeBlock } from '../commit/numbers.ts';
import { auditChunk, type Trail } from '../commit/record.ts';
import type { ImportRun } from '../run.ts';
import { type MissingReference, type RunFields, runFields } from '../sql/run-fields.ts';
import { isNeeded } from './named-missing.ts';

/**
 * It may be done again: what is made already is not made twice.
 * @returns how many rows of the plan fail, since somebody has got the key since the check.
 */
export async function makeMissing(tx: TenantTransaction, trail: Trail, fields: RunFields): Promise<number> {
  const { run } = trail;
  let failed = 0;
  for (const reference of fields.rules.missing ?? []) {
    const { made, refused } = await makeRecords(tx, run, reference);
    if (refused.length > 0) failed += await failRows(tx, run, reference, refused);
    await auditChunk(tx, trail, {
      phase: 'made',
      dataset: reference.target.key,
      chunk: 0,
      counts: { created: made.created },
      created: made.digest,
      changes: null,
      at: now(),
    });
  }
  return failed;
}

interface Made {
  readonly made: CreateResult;
  /** Ids of those that could not be made. */
  readonly refused: readonly string[];
}

async function makeRecords(
  tx: TenantTransaction,
  run: ImportRun,
  reference: MissingReference,
): Promise<Made> {
  const { target } = reference;
  const scope = [run.tenantId, run.id];
  const of = `m.tenant_id = $1 and m.import_id = $2 and m.dataset = ${literal(target.key)} and not m.made`;
  const needed = `from import_made m where ${of} and ${isNeeded(reference)}`;
  const { rows: counted } = await tx.query<{ records: number }>(
    `select count(*)::int as records ${needed}`,
    scope,
  );
  const records = counted[0]?.records ?? 0;
  if (records === 0) return { made: { created: 0, missed: [], digest: null }, refused: [] };
  const numberBefore = target.numbers === undefined ? [] : [await takeBlock(tx, target.numbers, records)];
  const statement = createStatement(bareFields(reference), {
    rows: `from (select m.row, m.record_id, m.key ${needed}) p cross join lateral (select ${namedAlike(reference)} offset 0) s
      where $3::int is not null`,
  });
  const { rows } = await tx.query<CreateResult & Record<string, unknown>>(statement, [
    ...scope,
    0,
    now(),
    run.createdBy,
    ...numberBefore,
  ]);
  const [made] = rows;
  if (made === undefined) throw new Error('The statement of the missing records gave no answer.');
  const { rows: refused } = await tx.query<{ id: string }>(
    `with u as (update import_made m set made = true where ${of} and ${isNeeded(reference)} and m.row <> all ($3))
     select m.record_id as id ${needed} and m.row = any ($3)`,
    [...scope, made.missed],
  );
  return { made, refused: refused.map(({ id }) => id) };
}

/** The new record has its key, and the same text where it needs one; what tells it from others; and its defaults. */
function bareFields({ target, bare }: MissingReference): RunFields {
  const staged = new Set([bare.by, ...bare.alike]);
  return runFields(target, { staged, mapped: staged, write: {}, clears: new Set(), defaults: bare.values });
}

function namedAlike({ bare }: MissingReference): string {
  return [bare.by, ...bare.alike].map((key) => `p.key as ${key}`).join(', ');
}

async function failRows(
  tx: TenantTransaction,
  run: ImportRun,
  { field }: MissingReference,
  ids: readonly string[],
): Promise<number> {
  const { rowCount } = await tx.query(
    `update import_plan p set outcome = 'fail', code = 'changed_since_check', details = '{}', changed = null
     where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update') and (p.refs ->> $3)::uuid = any ($4)`,
    [run.tenantId, run.id, field.key, ids],
  );
  return rowCount ?? 0;
}
