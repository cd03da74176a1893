/** Stages the rows of a batch that are well, once the records are found that rows name as those to write to. */
import { findNamed } from '../../customers/find-named.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { BatchRun } from './batch-run.ts';
import type { BatchProblem, ReadRow } from './read-rows.ts';
import { findRefused } from './refused-rows.ts';
import { keepProblems, stageBatch } from './stage-rows.ts';

export interface Staged {
  readonly rows: number;
  readonly problems: readonly BatchProblem[];
}

/** @param careful the database refuses some row: it is looked for, and left out. */
export async function stageFound(tx: TenantTransaction, batch: BatchRun, careful: boolean): Promise<Staged> {
  const { run, fields, read } = batch;
  const { ids, problems: nobody } = await findTargets(tx, batch);
  const found = read.rows.filter(({ row }) => ids === undefined || ids.has(row));
  const put = (rows: readonly ReadRow[]): Promise<void> =>
    stageBatch(tx, {
      importId: run.id,
      fields,
      rows,
      sets: read.sets,
      ...(ids === undefined ? {} : { ids }),
    });
  const only = (numbers: readonly number[]): ReadRow[] => {
    const among = new Set(numbers);
    return found.filter(({ row }) => among.has(row));
  };
  const numbers = found.map(({ row }) => row);
  const refused = careful ? await findRefused(tx, numbers, (some) => put(only(some))) : [];
  const out = new Set(refused.map(({ row }) => row));
  const rows = found.filter(({ row }) => !out.has(row));
  const problems = [
    ...read.problems,
    ...nobody,
    ...refused.map(({ row, reason }) => ({
      row,
      field: null,
      code: 'row.refused' as const,
      details: { reason },
    })),
  ];
  await put(rows);
  await keepProblems(tx, run.id, problems);
  return { rows: rows.length, problems };
}

interface Targets {
  readonly ids?: ReadonlyMap<number, string>;
  /** Rows that name nobody. */
  readonly problems: readonly BatchProblem[];
}

/** The records that rows name as those to write to. */
async function findTargets(tx: TenantTransaction, { run, read, namesTarget }: BatchRun): Promise<Targets> {
  if (!namesTarget) return { problems: [] };
  const rows = read.rows.map(({ row }) => row);
  const found = await findNamed(
    tx,
    rows.map((row) => read.targets.get(row) ?? ''),
  );
  const ids = new Map<number, string>();
  const problems: BatchProblem[] = [];
  rows.forEach((row, i) => {
    const [id, value] = [found[i], read.targets.get(row)];
    if (id != null) ids.set(row, id);
    else if (value === undefined)
      problems.push({
        row,
        field: 'customer_id',
        code: 'value.required',
        details: { field: 'customer_id', label: 'Customer ID' },
      });
    else
      problems.push({
        row,
        field: 'customer_id',
        code: 'reference.not_found',
        details: { field: 'customer_id', target: run.dataset.singular, value: value.slice(0, 100) },
      });
  });
  return { ids, problems };
}
