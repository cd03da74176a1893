/**
 * Amounts in the column's currency, in major units, to four decimals. Signs and codes of a currency are read; one
 * that certainly is another currency is a problem, while `$` goes with every dollar and peso.
 */
import type { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { ColumnReading, FieldLimits, FieldType } from './field-type.ts';
import { currenciesOf, currencyDecimals } from './numbers/currency-signs.ts';
import { decideByRange, numberReader, numberSurvey, rangeOf, writeNumber } from './numbers/number-column.ts';
import type { NumberText } from './numbers/number-text.ts';

const decimalsMax = 4;
const widest = { min: '-999999999999999.9999', max: '999999999999999.9999' };

export const money: FieldType = {
  name: 'money',
  accepts:
    'An amount such as 1234.50, €1.234,50 or (5.00), with the sign or the code of its currency or without.',
  sqlType: 'numeric(19,4)',
  reader: (field, reading) =>
    numberReader(reading, {
      affixes: (number, text) => checkCurrency(number, text, reading),
      decide: decideFor(field),
      decimalsMax,
      range: rangeOf(field, widest),
    }),
  survey: (field) => numberSurvey(decideFor(field)),
  write: (value, profile, _field, context) =>
    writeNumber(
      value,
      profile === 'spreadsheet' && context?.currency !== undefined ? currencyDecimals(context.currency) : 0,
    ),
};

function checkCurrency(number: NumberText, text: string, { currency }: ColumnReading): Problem | null {
  if (number.percent) return cellProblem('number.unreadable', text);
  if (number.currency === '') return null;
  const meant = currenciesOf(number.currency);
  if (meant === undefined) return cellProblem('number.unreadable', text);
  if (currency === undefined || meant.includes(currency)) return null;
  return cellProblem('money.currency', text, { found: number.currency, expected: currency });
}

function decideFor(field: FieldLimits): (text: string, mark: '.' | ',') => '.' | ',' | undefined {
  const range = rangeOf(field, widest);
  return (text, mark) => decideByRange(text, mark, range);
}
