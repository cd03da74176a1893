/** How the tests read: a cell through the whole way, as its canonical text, null, or the code of its problem. */
import { compileColumn, surveyColumn } from '../../../src/field-types/column.ts';
import type { ColumnReading, FieldLimits, FieldTypeName } from '../../../src/field-types/field-type.ts';
import { Problem } from '../../../src/platform/problems.ts';

export function fieldOf(type: FieldTypeName, limits: Partial<FieldLimits> = {}): FieldLimits {
  return { key: type, label: type, ...limits, type };
}

export interface ReadOptions {
  readonly field?: Partial<FieldLimits>;
  readonly reading?: ColumnReading;
}

/** One cell on its own. */
export function readCell(
  type: FieldTypeName,
  cell: string,
  { field, reading }: ReadOptions = {},
): string | null {
  return plain(compileColumn(fieldOf(type, field), reading)(cell));
}

export function problemIn(type: FieldTypeName, cell: string, { field, reading }: ReadOptions = {}): Problem {
  const value = compileColumn(fieldOf(type, field), reading)(cell);
  if (value instanceof Problem) return value;
  throw new Error(`"${cell}" was read as ${value}.`);
}

/** A whole column: surveyed, then read. */
export function readColumn(
  type: FieldTypeName,
  cells: readonly string[],
  { field, reading }: ReadOptions = {},
): (string | null)[] {
  const limits = fieldOf(type, field);
  const survey = surveyColumn(limits);
  for (const cell of cells) survey?.see(cell);
  const read = compileColumn(limits, { ...survey?.settle().reading, ...reading });
  return cells.map((cell) => plain(read(cell)));
}

export function isAmbiguous(
  type: FieldTypeName,
  cells: readonly string[],
  field?: Partial<FieldLimits>,
): boolean {
  const survey = surveyColumn(fieldOf(type, field));
  for (const cell of cells) survey?.see(cell);
  return survey?.settle().ambiguous ?? false;
}

function plain(value: string | null | Problem): string | null {
  return value instanceof Problem ? value.code : value;
}
