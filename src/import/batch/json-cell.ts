/**
 * A value of a JSON row as the text of a cell, as the field's reader takes it: the same readers as for files, so that
 * a value means the same whichever way it comes. Null is a blank cell. A list is for tags and an object for JSON; any
 * other field that is given one has a problem.
 */
import type { FieldDefinition } from '../../datasets/define-dataset.ts';
import { configuration } from '../../platform/config.ts';
import { Problem } from '../../platform/problems.ts';

/** @param decimal how the field's numbers are read: a JSON number has a point. */
export function jsonCell(
  value: unknown,
  field: FieldDefinition,
  decimal: '.' | ',' | undefined,
): string | Problem {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return checkedText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return decimal === ',' ? String(value).replace('.', ',') : String(value);
  if (field.type === 'json') return jsonText(value, field);
  if (field.type === 'tags' && Array.isArray(value)) return listText(value, field);
  const found = Array.isArray(value) ? 'a list' : 'an object';
  return new Problem('json.shape', { reason: `${field.label} is one value, and not ${found}` });
}

/** What readers of files never see, since it is kept out while the file is read. */
function checkedText(text: string): string | Problem {
  const { cellBytesMax: max } = configuration().limits;
  // A character has at most three bytes a unit, so most texts need not be measured.
  if (text.length * 3 > max) {
    const found = Buffer.byteLength(text);
    if (found > max) return new Problem('cell.too_long', { found, max });
  }
  if (text.includes('\0')) return new Problem('cell.nul');
  return text.isWellFormed() ? text : new Problem('text.control_character', { character: 'U+D800' });
}

function listText(values: readonly unknown[], field: FieldDefinition): string | Problem {
  const names = values.filter((value) => value !== null);
  if (!names.every((value) => typeof value === 'string' || typeof value === 'number'))
    return new Problem('json.shape', { reason: `${field.label} are a list of texts` });
  return jsonText(names, field);
}

function jsonText(value: unknown, field: FieldDefinition): string | Problem {
  try {
    return checkedText(JSON.stringify(value));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Problem('json.shape', { reason: `${field.label} is nested too deep` });
  }
}
