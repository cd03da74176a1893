/** What became of each row of a batch, in the order of the list, with a sentence for everything that kept it out. */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Dataset } from '../../datasets/define-dataset.ts';
import {
  hintFor,
  type ProblemCode,
  type ProblemDetails,
  problemTexts,
  sayProblem,
} from '../../platform/problems.ts';
import type { Counts, ImportRun } from '../run.ts';
import type { BatchProblem } from './read-rows.ts';

export interface RowProblemText {
  readonly code: ProblemCode;
  /** Null when the row as a whole is meant. */
  readonly field: string | null;
  /** A sentence that stands by itself: it names the field, and what is allowed where that helps. */
  readonly message: string;
  readonly details: ProblemDetails;
}

export interface BatchOutcome {
  /** 1-based place in the list. */
  readonly row: number;
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed';
  /** The record that was written or found; null where there is none. */
  readonly id: string | null;
  readonly number: string | null;
  /** Why the row was skipped or failed; empty otherwise. */
  readonly problems: readonly RowProblemText[];
}

interface PlannedRow {
  row: number;
  outcome: 'create' | 'update' | 'unchanged' | 'skip' | 'fail';
  code: ProblemCode | null;
  details: ProblemDetails | null;
  id: string | null;
  number: string | null;
  /** The row's match keys, as texts. */
  keys: Record<string, string> | null;
}

const said = {
  create: 'created',
  update: 'updated',
  unchanged: 'unchanged',
  skip: 'skipped',
  fail: 'failed',
} as const;

/**
 * Reads the plan as it was carried out. Needs the run's rows in staging, which tell by which keys a row was matched.
 *
 * @param problems of the rows that were never planned.
 */
export async function readOutcomes(
  tx: TenantTransaction,
  run: ImportRun,
  problems: readonly BatchProblem[],
  matchKeys: readonly string[],
): Promise<BatchOutcome[]> {
  const { root, numbers, key } = run.dataset;
  const { rows } = await tx.query<PlannedRow & Record<string, unknown>>(
    `select p.row, p.outcome, p.code, p.details, r.id, ${numbers === undefined ? 'null' : `r.${numbers.field}`} as number,
       case when p.code in ('skip.exists', 'skip.missing') then (select jsonb_strip_nulls(jsonb_build_object(${matchKeys
         .map((name) => `'${name}', s."${name}"::text`)
         .join(', ')})) from staging.${key} s
         where s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row) end as keys
     from import_plan p left join lateral (select * from ${root.table} r where r.tenant_id = $1 and r.id = p.record_id limit 1) r on true
     where p.tenant_id = $1 and p.import_id = $2`,
    [run.tenantId, run.id],
  );
  const planned = new Map(rows.map((row) => [row.row, row]));
  const unplanned = Map.groupBy(problems, ({ row }) => row);
  return Array.from({ length: run.rowsRead ?? 0 }, (_, i) => {
    const row = i + 1;
    const plan = planned.get(row);
    if (plan !== undefined) return outcomeOf(run.dataset, plan);
    const own = (unplanned.get(row) ?? []).map((problem) => textOf(run.dataset, problem));
    return { row, outcome: 'failed', id: null, number: null, problems: own };
  });
}

function outcomeOf(
  dataset: Dataset,
  { row, outcome, code, details, id, number, keys }: PlannedRow,
): BatchOutcome {
  const problem = code === null ? [] : [{ row, field: fieldOf(details), code, details: details ?? {} }];
  return {
    row,
    outcome: said[outcome],
    id,
    number,
    problems: problem.map((one) => matchText(dataset, one, keys) ?? textOf(dataset, one)),
  };
}

function fieldOf(details: ProblemDetails | null): string | null {
  return typeof details?.field === 'string' ? details.field : null;
}

/** Problems of the whole list have sentences that name rows; those of a value name its field, which the list does not show. */
function textOf(dataset: Dataset, { field, code, details }: BatchProblem): RowProblemText {
  const sentence = sayProblem(code, details);
  const label = field !== null && dataset.has(field) ? dataset.field(field).label : undefined;
  const isValue = problemTexts[code].stage === 'value' || problemTexts[code].stage === 'read';
  const named = label !== undefined && isValue ? `${label}: ${sentence}` : sentence;
  const message = code === 'enum.unknown' ? `${named} ${hintFor(code, details)}` : named;
  return { code, field, message, details };
}

/** A row that met a record, or none, by keys that the sentence names. */
function matchText(
  dataset: Dataset,
  { code, details }: BatchProblem,
  keys: Record<string, string> | null,
): RowProblemText | undefined {
  const [first] = Object.entries(keys ?? {});
  if (keys === null || first === undefined) return undefined;
  const named = Object.entries(keys)
    .map(([key, value]) => `${dataset.field(key).label} "${value.slice(0, 100)}"`)
    .join(' or ');
  const message =
    code === 'skip.exists'
      ? `A ${dataset.singular} with the ${named} exists already.`
      : `There is no ${dataset.singular} with the ${named}.`;
  return { code, field: first[0], message, details };
}

export function countOutcomes(outcomes: readonly BatchOutcome[]): Counts {
  const counts = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };
  for (const { outcome } of outcomes) counts[outcome] += 1;
  return counts;
}
