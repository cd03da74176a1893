/**
 * The two files of the crash test. The first makes the customers that are there; half of the second's rows change
 * them, in every part that a customer has, and the others are new. Each chunk has some of everything.
 */

const header = [
  'External ID',
  'First Name',
  'Last Name',
  'Email',
  'Phone',
  'Company',
  'Tax ID',
  'Address',
  'City',
  'Tags',
  'Groups',
  'Note',
  'Paying Org',
  'Referred By',
];

type Row = readonly string[];

/** @returns the file of the customers that are there, as CSV. */
export function baseFile(customers: number): string {
  return csv(Array.from({ length: customers }, (_, i) => row(i, '')));
}

/**
 * @param customers how many the base file has.
 * @returns twice as many rows, as CSV: an existing customer changed, and a new one, in turn. One in a hundred is
 *   unchanged, one in two hundred the second row of a customer, and one in two hundred wrong.
 */
export function secondFile(customers: number): string {
  const rows: Row[] = [];
  for (let i = 0; i < customers; i += 1) {
    rows.push(i % 50 === 7 ? row(i, '') : row(i, ' changed', referrerOf(i, customers)));
    rows.push(newRow(i, customers));
  }
  return csv(rows);
}

function newRow(i: number, customers: number): Row {
  const fresh = row(customers + i, '', referrerOf(customers + i, customers));
  if (i % 100 === 13) return row(i, ' changed twice');
  if (i % 100 === 57) return fresh.map((cell, column) => (column === 3 ? 'no address' : cell));
  return fresh;
}

/** Of some: one who was there, or who comes with the same file, before or after. */
function referrerOf(i: number, customers: number): string {
  return i % 20 === 3 ? idOf((i * 7 + 1) % (2 * customers)) : '';
}

function idOf(i: number): string {
  return `X-${i}`;
}

function row(i: number, mark: string, referrer = ''): Row {
  const some = (every: number, text: string): string => (i % every === 0 ? text : '');
  return [
    idOf(i),
    `First${mark}`,
    `Last ${i}`,
    `person.${i}@example.com`,
    `+4420794${String(i % 100_000).padStart(5, '0')}`,
    some(3, `Company ${i}${mark}`),
    some(6, `GB${i}${mark}`),
    some(2, `${i} High Street${mark}`),
    some(2, `City ${i % 97}${mark}`),
    `tag ${i % 11}, ${mark === '' ? 'first' : 'second'}`,
    `Group ${i % 7}${i % 4 === 0 ? mark : ''}`,
    some(5, `A note${mark}`),
    some(9, `Payer ${i}${mark}`),
    referrer,
  ];
}

function csv(rows: readonly Row[]): string {
  return `${[header, ...rows].map((cells) => cells.map(quoted).join(',')).join('\n')}\n`;
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
