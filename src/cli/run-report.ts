/** What a command says of a run, for a person and for a program. */
import type { CheckSample } from '../import/check/report.ts';
import type { ColumnMapping } from '../import/mapping/mapping.ts';
import type { ProblemAt } from '../import/outcome/problems.ts';
import type { ImportRun } from '../import/run.ts';
import { errorStatus } from '../platform/errors.ts';
import { hintFor, type ProblemCode, problemTexts, sayProblem } from '../platform/problems.ts';
import { asTyped } from './as-typed.ts';

export interface RunFigures {
  readonly seconds: number;
  /** Problems and reasons, by code. */
  readonly problems: Readonly<Record<string, number>>;
  /** The first rows that did not go in, for a person to look at. */
  readonly firstProblems?: readonly ProblemAt[];
}

export function runAsJson(run: ImportRun, { seconds, problems }: RunFigures): Record<string, unknown> {
  const read = run.rowsRead ?? 0;
  return {
    id: run.id,
    state: run.state,
    read,
    created: run.created,
    updated: run.updated,
    unchanged: run.unchanged,
    skipped: run.skipped,
    failed: run.failed,
    seconds: Number(seconds.toFixed(3)),
    rows_per_second: Math.round(read / Math.max(seconds, 0.001)),
    problems,
    ...(run.report?.made === undefined ? {} : { made: run.report.made }),
    ...(run.failure === null ? {} : { error: run.failure }),
    ...(run.options.commit ? {} : { dry_run: true, changed: run.report?.changed ?? {} }),
  };
}

export function runAsText(run: ImportRun, { seconds, problems, firstProblems = [] }: RunFigures): string {
  const read = run.rowsRead ?? 0;
  const dryRun = !run.options.commit;
  const lines = [
    `${run.fileName}: ${count(read)} rows read in ${seconds.toFixed(1)} s${read > 1000 ? ` (${count(Math.round(read / seconds))} rows/s)` : ''}`,
    '',
    ...(run.inspection?.notes ?? []).map((note) => `  Note: ${note}`),
    ...mappingLines(run),
    '',
    ...(run.state === 'failed' && read === 0 ? [] : countLines(run, dryRun)),
    ...problemLines(problems),
    ...firstProblems.map((problem) => problemSentence(run, problem)),
    ...changeLines(run),
    '',
    closing(run),
  ];
  return `${lines
    .map(printable)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')}\n`;
}

/** What a file is called and holds must neither move a terminal's cursor nor look like a line of ours. */
export function printable(line: string): string {
  return line.replace(/\p{Cc}/gu, '\uFFFD');
}

function countLines(run: ImportRun, dryRun: boolean): string[] {
  const rows: [string, number][] = [
    [dryRun ? 'to create' : 'created', run.created],
    [dryRun ? 'to update' : 'updated', run.updated],
    ['unchanged', run.unchanged],
    ['skipped', run.skipped],
    ['failed', run.failed],
    ...Object.entries(run.report?.made ?? {}).map(([key, records]): [string, number] => [
      `${dryRun ? 'to make' : 'made'}: ${key} that rows name and nobody had`,
      records,
    ]),
  ];
  const width = Math.max(...rows.map(([, rows_]) => count(rows_).length));
  return rows.map(([word, rows_]) => `  ${count(rows_).padStart(width)} ${word}`);
}

function mappingLines(run: ImportRun): string[] {
  if (run.mapping === null) return [];
  const width = Math.min(30, Math.max(...run.mapping.columns.map(({ column }) => column.length)));
  const used = run.mapping.columns
    .filter(({ field }) => field !== null)
    .map((entry) => `  ${entry.column.padEnd(width)} → ${entry.field}${howRead(entry)}`);
  const joined = new Set(run.mapping.columns.flatMap(joinedTo));
  const left = run.mapping.columns
    .filter(({ field, column }) => field === null && !joined.has(column))
    .map(({ column }) => column);
  return [...used, ...(left.length === 0 ? [] : [`  Left out: ${left.join(', ')}`])];
}

/** What a person should not have to guess about a column: what is joined to it, and that it says the opposite. */
function howRead(entry: ColumnMapping): string {
  const joined = joinedTo(entry);
  const others = joined.length === 0 ? '' : `, with ${joined.join(', ')}`;
  return entry.reading.opposite === true ? `${others}, the other way round` : others;
}

function joinedTo({ transformations }: ColumnMapping): readonly string[] {
  return transformations.flatMap((transformation) =>
    transformation.do === 'join' ? transformation.columns : [],
  );
}

function problemLines(problems: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(problems) as [ProblemCode, number][];
  if (entries.length === 0) return [];
  const width = Math.max(...entries.map(([code]) => code.length));
  return [
    '',
    ...entries.map(([code, problems_]) =>
      `  ${code.padEnd(width)}  ${count(problems_)}  ${general(code)}`.trimEnd(),
    ),
  ];
}

/** `    row 17, Email: "x" is not an e-mail address.` */
function problemSentence(run: ImportRun, { row, column_index, field, code, details }: ProblemAt): string {
  const column = column_index === null ? undefined : run.inspection?.columns[column_index]?.name;
  const place = column ?? (field === null ? '' : run.dataset.field(field).label);
  return `    row ${count(row)}${place === '' ? '' : `, ${place}`}: ${sayProblem(code, details)}`;
}

/** The hint without what only a single problem knows. */
function general(code: ProblemCode): string {
  const hint = problemTexts[code] === undefined ? '' : hintFor(code);
  return hint.includes('{') ? '' : hint;
}

function changeLines(run: ImportRun): string[] {
  const changed = Object.entries(run.report?.changed ?? {});
  if (changed.length === 0) return [];
  const fields = changed.map(([field, records]) => `${field} ${count(records)}`).join(', ');
  const samples = run.options.commit ? [] : (run.report?.samples ?? []).slice(0, 5).map(sampleLine);
  return ['', `  Fields that change: ${fields}`, ...samples];
}

function sampleLine({ row, before, after }: CheckSample): string {
  const fields = Object.keys(after).map(
    (key) => `${key} ${JSON.stringify(before[key] ?? null)} → ${JSON.stringify(after[key])}`,
  );
  return `    row ${row}: ${fields.join(', ')}`;
}

function closing(run: ImportRun): string {
  if (run.state === 'checked') return 'Nothing was written: this was a dry run.';
  if (run.state === 'held')
    return `Held, and nothing was written. Let it go on: ${asTyped(`imports approve ${run.id}`)}`;
  if (run.state === 'failed') return `The import failed (${run.id}).`;
  if (run.state === 'cancelled')
    return run.created + run.updated === 0
      ? `Stopped, and nothing was written (${run.id}).`
      : `Stopped. Take back what was written: ${asTyped(`imports undo ${run.id}`)}`;
  return run.created + run.updated === 0
    ? `Nothing to write (${run.id}).`
    : `Take it back: ${asTyped(`imports undo ${run.id}`)}`;
}

export function count(number: number): string {
  return number.toLocaleString('en');
}

/** 0 all rows in, 3 some failed, 1 the run failed, 130 it was stopped. */
export function exitCodeOf({ state, failure, failed }: ImportRun): number {
  if (state === 'failed' || state === 'held') return errorStatus(failure?.code).exit;
  if (state === 'cancelled') return 130;
  return failed > 0 ? 3 : 0;
}
