/** The failed rows of a batch as a file, to be mended and sent again: their problems, then the row's own keys. */
import { encodeCsvRow } from '../../file-formats/csv/csv.ts';
import type { BatchOutcome } from './outcomes.ts';

const problemColumns = ['problem_row', 'problem_fields', 'problem_codes', 'problems'];

/**
 * @param rows the list as it was sent, in whose order the outcomes are.
 * @returns CSV with a column for each key that some failed row has, in the order of first sight. Lists and objects are
 *   JSON, null is blank. Nothing but a header when no row failed.
 */
export function rejectRows(outcomes: readonly BatchOutcome[], rows: readonly unknown[]): string {
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed');
  const objects = new Map(failed.map(({ row }) => [row, asObject(rows[row - 1])]));
  const keys = [...new Set([...objects.values()].flatMap((object) => Object.keys(object)))].filter(
    (key) => !problemColumns.includes(key),
  );
  const lines = failed.map(({ row, problems }) => {
    const object = objects.get(row) ?? {};
    return encodeCsvRow([
      String(row),
      [...new Set(problems.flatMap(({ field }) => field ?? []))].join(', '),
      [...new Set(problems.map(({ code }) => code))].join(', '),
      problems.map(({ message }) => message).join(' '),
      ...keys.map((key) => (Object.hasOwn(object, key) ? cellOf(object[key]) : '')),
    ]);
  });
  return [encodeCsvRow([...problemColumns, ...keys]), ...lines].join('');
}

function asObject(row: unknown): Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
    ? (row as Readonly<Record<string, unknown>>)
    : {};
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
