/**
 * Words that stand before the name of a field in a header: "Billing City", "Default Address Zip", "Contact Name".
 * A family of address columns belongs together: a record shows one address, and its city must not be another's.
 */
import { normaliseSpelling } from '../../field-types/spelling.ts';

export interface Family {
  /** What the family is called; empty for a column that stands by itself. */
  readonly name: string;
  /** Lower comes first where a file has several addresses that are equally full. */
  readonly rank: number;
  /** The phone, e-mail and company in it are the customer's own; else they belong to the address. */
  readonly ownContact: boolean;
}

export const ownFamily: Family = { name: '', rank: 0, ownContact: true };

export const defaultAddress = 'default address';

// biome-ignore format: a table reads better in lines that are full.
const families: readonly (Family & { readonly words: readonly string[] })[] = [
  { name: defaultAddress, rank: 1, ownContact: false, words: ['default address', 'primary address', 'main address', 'address'] },
  { name: 'primary', rank: 2, ownContact: true, words: ['primary', 'main', 'default', 'customer address', 'contact address'] },
  { name: 'billing', rank: 3, ownContact: true, words: ['billing address', 'billing', 'bill to', 'invoice address', 'invoice', 'invoicing'] },
  { name: 'mailing', rank: 4, ownContact: true, words: ['mailing address', 'mailing', 'postal address', 'correspondence', 'po'] },
  { name: 'business', rank: 5, ownContact: true, words: ['business address', 'business', 'work address', 'work', 'office', 'company address', 'company'] },
  { name: 'home', rank: 6, ownContact: true, words: ['home address', 'home', 'residential', 'residence', 'personal address', 'personal'] },
  { name: 'shipping', rank: 7, ownContact: false, words: ['shipping address', 'shipping', 'ship to', 'delivery address', 'delivery', 'sa'] },
  { name: 'other', rank: 8, ownContact: true, words: ['other address', 'other'] },
];

/** What stands behind a field and says as much: "Email - Work", "Telefon privat", "Rue (domicile)". */
// biome-ignore format: a table reads better in lines that are full.
const endings: Readonly<Record<string, readonly string[]>> = {
  billing: ['billing', 'rechnung', 'facturation', 'facturación', 'fatturazione'],
  business: ['work', 'business', 'office', 'geschäftlich', 'dienstlich', 'büro', 'bureau', 'professionnel', 'trabajo', 'ufficio', 'lavoro', 'zakelijk', 'werk'],
  home: ['home', 'personal', 'privat', 'domicile', 'personnel', 'particular', 'privé', 'thuis', 'casa'],
  shipping: ['shipping', 'delivery', 'lieferung', 'livraison', 'envío', 'spedizione'],
  other: ['other', 'autre', 'otro', 'altro', 'overig'],
};

/** Words before a field that say whose it is: the customer's, which goes without saying. */
// biome-ignore format: a table reads better in lines that are full.
const subjects = [
  'customer', 'cust', 'client', 'contact', 'user', 'member', 'person', 'buyer', 'shopper', 'subscriber', 'account', 'lead', 'profile',
  'guest', 'patient', 'passenger', 'organization', 'organisation', 'crm', 'raw', 'preferred', 'current', 'your',
  'customers', 'contacts', 'users', 'properties', 'attributes', 'fields', 'what is your', 'what s your', 'enter your', 'please enter your', 'and your',
];

export interface Prefixed {
  readonly family: Family;
  /** The header's words after the prefix. */
  readonly rest: readonly string[];
}

/** Every way of taking a prefix off a header's words, the longest first. Something is always left. */
export function withoutPrefix(words: readonly string[]): Prefixed[] {
  const found: Prefixed[] = [];
  for (let length = Math.min(3, words.length - 1); length > 0; length -= 1) {
    const rest = words.slice(length);
    const prefix = words.slice(0, length);
    const family = familyOf(prefix);
    if (family !== undefined) found.push({ family, rest });
    if (subjects.includes(prefix.join(' '))) found.push({ family: ownFamily, rest });
  }
  return found;
}

/** The family that a header's last word names, and the words before it; undefined when it names none. */
export function withoutEnding(words: readonly string[]): Prefixed | undefined {
  const last = words.at(-1) ?? '';
  const [name] = Object.entries(endings).find(([, known]) => known.includes(last)) ?? [];
  const family = families.find((candidate) => candidate.name === name);
  return family === undefined || words.length < 2 ? undefined : { family, rest: words.slice(0, -1) };
}

/** "address 1" is the default address; "address 2" is another one. */
function familyOf(prefix: readonly string[]): Family | undefined {
  const last = prefix.at(-1) ?? '';
  const isNumbered = prefix.length > 1 && /^\d$/.test(last);
  const name = normaliseSpelling((isNumbered ? prefix.slice(0, -1) : prefix).join(''));
  const family = families.find((known) => known.words.some((words) => normaliseSpelling(words) === name));
  if (family === undefined || !isNumbered || last === '1') return family;
  return { name: `${family.name} ${last}`, rank: 10 + Number(last), ownContact: false };
}
