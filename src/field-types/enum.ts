/** One of a field's values, by its key, its label or another spelling, in any case. The canonical text is the key. */
import { Problem } from '../platform/problems.ts';
import { shown } from './cell-problem.ts';
import type { EnumValue, FieldLimits, FieldType } from './field-type.ts';
import { remembering } from './remember.ts';
import { normaliseSpelling } from './spelling.ts';
import { guard } from './spreadsheet-marks.ts';

export const enumeration: FieldType = {
  name: 'enum',
  accepts: 'One of the values listed, by its key or its label, in any case.',
  sqlType: 'text',
  reader: (field) => {
    const values = valuesOf(field);
    const allowed = values.map((value) => value.key).join(', ');
    const bySpelling = spellings(field, values);
    return remembering((cell) => {
      const key = bySpelling.get(normaliseSpelling(cell));
      return key ?? new Problem('enum.unknown', { value: shown(cell), allowed });
    }, spellingsKept);
  },
  write: (value, profile, field) => {
    if (profile === 'data') return value;
    return guard(valuesOf(field).find((known) => known.key === value)?.label ?? value);
  },
};

/** Spellings as they stand in the file; there are rarely more than ten. */
const spellingsKept = 100;

function valuesOf(field: FieldLimits): readonly EnumValue[] {
  if (field.values === undefined) throw new Error(`The field ${field.key} is an enum without values.`);
  return field.values;
}

/** @throws Error when two values claim one spelling. A bug of ours. */
function spellings(field: FieldLimits, values: readonly EnumValue[]): Map<string, string> {
  const claimed = new Map<string, string>();
  for (const { key, label, aliases } of values) {
    for (const text of [key, label, ...(aliases ?? [])]) {
      const holder = claimed.get(normaliseSpelling(text));
      if (holder !== undefined && holder !== key) {
        throw new Error(`"${text}" means both ${holder} and ${key} in the field ${field.key}.`);
      }
      claimed.set(normaliseSpelling(text), key);
    }
  }
  return claimed;
}
