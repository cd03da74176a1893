/**
 * Currencies by their code (ISO 4217), in any case, or by a sign. A sign that several share is read as the
 * column's currency when that is one of them.
 */
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { currenciesOf, isCurrencyCode } from './numbers/currency-signs.ts';

export const currency: FieldType = {
  name: 'currency',
  accepts: 'A three-letter code such as EUR, or a sign that only one currency has.',
  sqlType: 'text',
  reader: (_field, reading) => (cell) => {
    if (isCurrencyCode(cell)) return cell;
    const meant = currenciesOf(cell) ?? [];
    if (reading.currency !== undefined && meant.includes(reading.currency)) return reading.currency;
    return meant.length === 1 && meant[0] !== undefined ? meant[0] : cellProblem('currency.unknown', cell);
  },
  write: (value) => value,
};
