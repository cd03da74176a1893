/**
 * Web addresses: http or https with a host, or a bare domain such as www.example.com/shop. They are kept as typed:
 * which scheme a bare domain answers to is for the reader of the record to find, not for an import to guess.
 */
import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { guard } from './spreadsheet-marks.ts';
import { readText } from './text.ts';

/** What most addresses look like; everything else that names a scheme is put to the WHATWG parser. */
const usual = /^https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#][!#-;=?-[\]_a-z~]*)?$/i;
const named = /^https?:\/\/[^\s/?#]/i;
const bareDomain =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}(?::[0-9]{1,5})?(?:[/?#]\S*)?$/u;
const space = /[\s"<>\\^`{|}]/;

export const url: FieldType = {
  name: 'url',
  accepts: 'An address that begins with http:// or https://, or a bare domain such as www.example.com.',
  sqlType: 'text',
  reader: (field) => {
    const max = field.max ?? Number.POSITIVE_INFINITY;
    return (cell) => {
      if (cell.length <= max && usual.test(cell)) return cell;
      return unusual(cell, max);
    };
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};

function unusual(cell: string, max: number): string | Problem {
  const value = readText(cell, max);
  if (value instanceof Problem) return value;
  if (space.test(value)) return cellProblem('url.invalid', cell);
  if (named.test(value)) return URL.canParse(value) ? value : cellProblem('url.invalid', cell);
  const isDomain = bareDomain.test(value) && URL.canParse(`https://${value}`);
  return isDomain ? value : cellProblem('url.invalid', cell);
}
