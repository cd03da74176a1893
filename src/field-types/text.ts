/** Text: Unicode in its composed form (NFC), without control characters but tab and line breaks. HTML is text. */
import { Problem } from '../platform/problems.ts';
import type { FieldType } from './field-type.ts';
import { guard } from './spreadsheet-marks.ts';

export const text: FieldType = {
  name: 'text',
  accepts: 'Any text without control characters; tabs and line breaks are kept.',
  sqlType: 'text',
  digitsAreNames: true,
  reader: (field) => {
    const max = field.max ?? Number.POSITIVE_INFINITY;
    return (cell) => readText(cell, max);
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};

/** Below this every character is composed as it stands, so that most text needs no normalising. */
const firstCombining = 0x300;
const firstSurrogate = 0xd800;

/** @param max most characters (code points). @returns the text in NFC, or what is wrong with it. */
export function readText(cell: string, max: number): string | Problem {
  const highest = highestCharacter(cell);
  if (highest < 0) return new Problem('text.control_character', { character: codeName(-highest - 1) });
  const composed = highest < firstCombining ? cell : cell.normalize('NFC');
  if (highest >= firstSurrogate && !composed.isWellFormed()) {
    return new Problem('text.control_character', { character: codeName(loneSurrogate(composed)) });
  }
  return composed.length > max ? withinMax(composed, max) : composed;
}

/** The highest UTF-16 unit; for the first control character c, -1 - c. */
function highestCharacter(cell: string): number {
  let highest = 0;
  for (let at = 0; at < cell.length; at++) {
    const unit = cell.charCodeAt(at);
    if (unit < 0x20) {
      if (unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) return -1 - unit;
    } else if (unit >= 0x7f) {
      if (unit <= 0x9f) return -1 - unit;
      if (unit > highest) highest = unit;
    }
  }
  return highest;
}

function withinMax(value: string, max: number): string | Problem {
  let found = 0;
  for (const _ of value) found++;
  return found > max ? new Problem('text.too_long', { found, max }) : value;
}

/** Half of a surrogate pair, which no encoding can hold. */
function loneSurrogate(value: string): number {
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) return point;
  }
  return 0;
}

function codeName(point: number): string {
  return `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
}
