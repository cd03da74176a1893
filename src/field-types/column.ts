/**
 * The whole way of a cell to its value: blank or not, the spreadsheet's mark, cells that a spreadsheet spoiled,
 * texts that mean nothing here, and then the field's type.
 *
 * A reader is compiled once for a column and called for each cell, some millions of times: for most cells it
 * allocates nothing but the result, and it never throws.
 */
import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { ColumnReading, ColumnSurvey, FieldLimits } from './field-type.ts';
import { fieldType } from './registry.ts';
import { isErrorValue, isExponentForm, unmark, unmarkFormula } from './spreadsheet-marks.ts';

/**
 * Reads a cell as it stands in the file.
 * @returns the canonical text of the value, null when the cell says nothing, or what is wrong with it.
 */
export type ReadCell = (cell: string) => string | null | Problem;

/** @throws Error when the field is declared wrongly (an enum without values); a bug of ours. */
export function compileColumn(field: FieldLimits, reading: ColumnReading = {}): ReadCell {
  const isOpposite = reading.opposite === true;
  const asSaid = fieldType(field.type).reader(field, reading);
  const read: ReadCell = isOpposite ? (text) => opposite(asSaid(text)) : asSaid;
  const clean = compileCleaning(field, reading);
  const blank = isOpposite ? opposite(reading.blank ?? null) : (reading.blank ?? null);
  return (cell) => {
    const text = clean(cell);
    if (text instanceof Problem) return text;
    return text === '' ? blank : read(text);
  };
}

function opposite(value: string | null | Problem): string | null | Problem {
  if (value === 'true') return 'false';
  return value === 'false' ? 'true' : value;
}

/**
 * Looks at every cell of a column, as they stand in the file, and settles how it is to be read.
 * @returns undefined for a type that can read a cell without knowing the others.
 */
export function surveyColumn(field: FieldLimits, reading: ColumnReading = {}): ColumnSurvey | undefined {
  const survey = fieldType(field.type).survey?.(field);
  if (survey === undefined) return undefined;
  const clean = compileCleaning(field, reading);
  return {
    see: (cell) => {
      const text = clean(cell);
      if (typeof text === 'string' && text !== '') survey.see(text);
    },
    settle: () => survey.settle(),
  };
}

const digitNine = 0x39;
const apostrophe = 0x27;
const equals = 0x3d;
const hash = 0x23;
const letterE = 0x45;

/** @returns a function that gives what the type is to read, the empty text for a cell that says nothing. */
function compileCleaning(field: FieldLimits, reading: ColumnReading): (cell: string) => string | Problem {
  const hasMarks = reading.spreadsheetMarks !== false;
  const digitsAreNames = fieldType(field.type).digitsAreNames === true;
  const absent = field.absent === undefined ? undefined : new Set(field.absent);

  return (cell) => {
    let text = trimmed(cell);
    let first = text.charCodeAt(0);
    if (first === apostrophe && hasMarks) {
      text = trimmed(unmark(text));
      first = text.charCodeAt(0);
    } else if (first === equals && hasMarks) {
      text = trimmed(unmarkFormula(text));
      first = text.charCodeAt(0);
    }
    if ((first === hash || first === letterE) && isErrorValue(text))
      return cellProblem('value.spoiled', text);
    if (digitsAreNames && first <= digitNine && isExponentForm(text))
      return cellProblem('value.spoiled', text);
    return absent?.has(text.toLowerCase()) === true ? '' : text;
  };
}

/** As `trim`, which is spared where plain characters stand at both ends. */
function trimmed(cell: string): string {
  const length = cell.length;
  return length > 0 && isPlain(cell.charCodeAt(0)) && isPlain(cell.charCodeAt(length - 1))
    ? cell
    : cell.trim();
}

function isPlain(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f;
}
