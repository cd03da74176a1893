/**
 * E-mail addresses, in lower case. The syntax is what browsers check (WHATWG HTML, "valid e-mail address"), with
 * a dot in the domain. A domain of other letters is converted to its ASCII form (IDNA, by punycode).
 */
import { domainToASCII } from 'node:url';
import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { guard } from './spreadsheet-marks.ts';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** An address in lower case, in the words that a regular expression here and one of the database have in common. */
export const addressPattern = `^[a-z0-9.!#$%&'*+/=?^_\`{|}~-]+@${label}(?:\\.${label})+$`;
const address = new RegExp(addressPattern);

/** What stands between the dots of an international domain: ASCII only as it may stand in a domain. */
const internationalDomain = /^(?:[a-z0-9.-]|[^\p{ASCII}])+$/u;
const ascii = /^\p{ASCII}*$/u;

const longest = 254;

export const email: FieldType = {
  name: 'email',
  accepts: 'An address such as ada@example.com, in any case.',
  sqlType: 'text',
  reader: (field) => {
    const max = field.max ?? longest;
    return (cell) => {
      const lower = cell.toLowerCase();
      if (lower.length <= max && address.test(lower)) return lower;
      return international(cell, lower, max);
    };
  },
  write: (value, profile) => (profile === 'spreadsheet' ? guard(value) : value),
};

function international(cell: string, lower: string, max: number): string | Problem {
  const value = lower.length > max || ascii.test(lower) ? lower : withAsciiDomain(lower);
  if (value.length > max) return new Problem('text.too_long', { found: value.length, max });
  return address.test(value) ? value : cellProblem('email.invalid', cell);
}

/** @returns the address with its domain in ASCII; as it was when that domain is none. */
function withAsciiDomain(lower: string): string {
  const at = lower.lastIndexOf('@');
  const domain = lower.slice(at + 1);
  if (at < 1 || !internationalDomain.test(domain)) return lower;
  return `${lower.slice(0, at)}@${domainToASCII(domain)}`;
}

/**
 * What may be an address, among other keys, in the form in which addresses are kept.
 * @returns the text as it was, unless it is an address with an international domain.
 */
export function withKeptDomain(text: string): string {
  if (ascii.test(text) || !text.includes('@')) return text;
  const kept = withAsciiDomain(text.toLowerCase());
  return address.test(kept) ? kept : text;
}
