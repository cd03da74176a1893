/** Decimal numbers of any size that people write, canonically plain digits. `50%` is 50. */
import { cellProblem } from './cell-problem.ts';
import type { FieldLimits, FieldType } from './field-type.ts';
import { decideByRange, numberReader, numberSurvey, rangeOf, writeNumber } from './numbers/number-column.ts';
import { digitsMax } from './numbers/number-text.ts';

const widest = { min: `-${'9'.repeat(digitsMax)}`, max: '9'.repeat(digitsMax) };

export const decimal: FieldType = {
  name: 'decimal',
  accepts: 'A number with a decimal point or comma, with or without separators between thousands; 50% is 50.',
  sqlType: 'numeric',
  reader: (field, reading) =>
    numberReader(reading, {
      affixes: (number, text) => (number.currency === '' ? null : cellProblem('number.unreadable', text)),
      decide: decideFor(field),
      decimalsMax: digitsMax,
      range: rangeOf(field, widest),
    }),
  survey: (field) => numberSurvey(decideFor(field)),
  write: (value) => writeNumber(value, 0),
};

function decideFor(field: FieldLimits): (text: string, mark: '.' | ',') => '.' | ',' | undefined {
  const range = rangeOf(field, widest);
  return (text, mark) => decideByRange(text, mark, range);
}
