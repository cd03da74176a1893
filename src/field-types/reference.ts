/** A reference: the natural key of another record as the file has it. The check finds the record. */
import type { FieldType } from './field-type.ts';
import { guard } from './spreadsheet-marks.ts';
import { readText } from './text.ts';

export const reference: FieldType = {
  name: 'reference',
  accepts: 'The id, the number or another key of the record meant.',
  sqlType: 'text',
  digitsAreNames: true,
  reader: (field) => {
    const max = field.max ?? Number.POSITIVE_INFINITY;
    return (cell) => readText(cell, max);
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};
