/**
 * In a file with one row a line, such as of an order, a column may speak of the order or of the line, and its header
 * does not tell: each line may have a discount, a total, a status of its own. Its values do. What is said of the whole
 * record is the same in all of its rows, or blank.
 */
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { Inspection } from '../../file-formats/rows.ts';
import type { Assignment } from './assign-columns.ts';
import type { Against } from './column-opinion.ts';

/** A record here and there whose rows contradict each other is a fault of the file, and shown as one. */
const leastShareOfRecords = 0.05;

/** @returns the columns that feed a field of the record and belong to its lines, with the reason. */
export function columnsOfLines(
  { gathered, matchKeys, singular }: Dataset,
  assignment: Assignment,
  { columns, sample }: Inspection,
): readonly Against[] {
  const assigned = [...assignment.values()];
  const ofLine = new Set(Object.values(gathered?.entry ?? {}).map(({ field }) => field));
  const key = matchKeys.flatMap((field) => assigned.find((one) => one.field === field) ?? [])[0];
  if (key === undefined || !assigned.some(({ field }) => ofLine.has(field))) return [];
  const placeOf = new Map(columns.map(({ name, index }) => [name, index]));
  const cell = (row: readonly string[], column: string): string =>
    row[placeOf.get(column) ?? -1]?.trim() ?? '';
  const named = sample.filter((row) => cell(row, key.column) !== '');
  const records = [...Map.groupBy(named, (row) => cell(row, key.column)).values()];
  const differs = (column: string): boolean => {
    const said = records.map((rows) => rows.map((row) => cell(row, column)).filter((text) => text !== ''));
    const several = said.filter((texts) => texts.length > 1);
    const contradictory = several.filter((texts) => new Set(texts).size > 1);
    return contradictory.length > several.length * leastShareOfRecords;
  };
  const against = `Its values differ within one ${singular}: it is the lines’, and a line has no such field.`;
  return assigned
    .filter(({ field, column }) => !ofLine.has(field) && !matchKeys.includes(field) && differs(column))
    .map(({ column }) => ({ column, against }));
}
