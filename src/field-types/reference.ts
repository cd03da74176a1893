/**
 * A reference: the natural key of another record as the file has it. The check finds the record. An e-mail address with
 * an international domain is looked for as it is kept, with the domain's ASCII form.
 */
import { withKeptDomain } from './email.ts';
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
    return (cell) => {
      const text = readText(cell, max);
      return typeof text === 'string' ? withKeptDomain(text) : text;
    };
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};
