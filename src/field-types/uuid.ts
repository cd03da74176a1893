/** Ids as PostgreSQL writes them: 32 hexadecimal digits in five groups, lower case (RFC 9562). */
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const wrapped = /^(?:urn:uuid:(.{36})|\{(.{36})\})$/;
const ungrouped = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

export const uuid: FieldType = {
  name: 'uuid',
  accepts: 'An id of 32 hexadecimal digits, with hyphens or without, in any case.',
  sqlType: 'uuid',
  digitsAreNames: true,
  reader: () => (cell) => {
    if (canonical.test(cell)) return cell;
    const lower = cell.toLowerCase();
    const within = wrapped.exec(lower);
    const bare = within?.[1] ?? within?.[2] ?? lower;
    if (canonical.test(bare)) return bare;
    const parts = ungrouped.exec(bare);
    return parts === null ? cellProblem('uuid.invalid', cell) : parts.slice(1).join('-');
  },
  write: (value) => value,
};
