/**
 * Whole numbers, as far as a double counts exactly, so that JSON and spreadsheets keep them. `1,234` is 1234
 * whatever the column says, since a fraction would be wrong anyhow; only `1.000` needs the column to tell.
 */

import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { numberReader, numberSurvey, rangeOf } from './numbers/number-column.ts';

const exact = { min: String(Number.MIN_SAFE_INTEGER), max: String(Number.MAX_SAFE_INTEGER) };

export const integer: FieldType = {
  name: 'integer',
  accepts: 'A whole number, with or without separators between thousands.',
  sqlType: 'bigint',
  reader: (field, reading) => {
    const read = numberReader(reading, {
      affixes: (number, text) =>
        number.currency !== '' || number.percent ? cellProblem('number.unreadable', text) : null,
      decide,
      decimalsMax: 0,
      range: rangeOf(field, exact),
    });
    return (text) => {
      const value = read(text);
      return value instanceof Problem && value.code === 'number.too_precise'
        ? new Problem('integer.fraction', { value: value.details.value ?? text })
        : value;
    };
  },
  survey: () => numberSurvey(decide),
  write: (value) => value,
};

function decide(text: string, mark: '.' | ','): '.' | ',' | undefined {
  if (text.endsWith('000')) return undefined;
  return mark === '.' ? ',' : '.';
}
