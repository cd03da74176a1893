/** Countries, canonically by their alpha-2 code (ISO 3166-1); read by code or name. */
import { cellProblem } from './cell-problem.ts';
import { countryCodeFor } from './country-names.ts';
import type { FieldType } from './field-type.ts';
import { remembering } from './remember.ts';

export const country: FieldType = {
  name: 'country',
  accepts: 'A two- or three-letter code, or the name in English or another usual language.',
  sqlType: 'text',
  reader: () =>
    remembering((cell) => countryCodeFor(cell) ?? cellProblem('country.unknown', cell), spellingsKept),
  write: (value) => value,
};

const spellingsKept = 1000;
