/** A made-up customer file of any size: 20 columns, as an export of another product has them. The same for the same seed. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const firstNames = [
  'Ann',
  'Bob',
  'Zoë',
  'José',
  'Łukasz',
  'Mary',
  'Ivan',
  'Chloé',
  'Omar',
  'Lin',
  'Aoife',
  'Søren',
];
const lastNames = [
  'Smith',
  'Müller',
  'García',
  "O'Neil",
  'Kowalski',
  'Ng',
  'Brown',
  'Özdemir',
  'Rossi',
  'Dubois',
];
const places = [
  ['London', 'GB', '+44 20 7'],
  ['Paris', 'FR', '+33 1 42 '],
  ['München', 'DE', '+49 89 30'],
  ['New York', 'US', '+1 212 55'],
  ['Kraków', 'PL', '+48 12 42'],
  ['Madrid', 'ES', '+34 91 52'],
] as const;
const jobs = ['Manager', 'Owner', 'Buyer', ''];
const statuses = ['active', 'lead', 'prospect', 'inactive'];
const segments = ['new', 'regular', 'vip'];
const tags = ['retail', 'wholesale', '"vip, retail"', ''];

const header =
  'External ID,First Name,Last Name,Email,Phone Number,Company Name,Job Title,Status,Segment,Tags,Marketing Opt-in,' +
  'Total Orders,Total Spent,Created At,Date of Birth,Address Line 1,City,Postal Code,Country Code,Website\r\n';

export interface CustomerFile {
  readonly rows: number;
  /** Customers of one number are the same in every file; 0 unless said. */
  readonly from?: number;
  /** The job title of every second customer, instead of the one it has. */
  readonly promoteTo?: string;
}

export async function writeCustomerFile(path: string, file: CustomerFile): Promise<void> {
  await pipeline(Readable.from(pieces(file)), createWriteStream(path));
}

function* pieces({ rows, from = 0, promoteTo }: CustomerFile): Generator<string> {
  yield header;
  const random = seeded(7);
  let piece = '';
  for (let i = from; i < from + rows; i += 1) {
    piece += row(i, random, i % 2 === 0 ? promoteTo : undefined);
    if (piece.length > 1 << 18) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

function row(i: number, random: () => number, promotedTo: string | undefined): string {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const [city, country, prefix] = pick(places);
  const first = pick(firstNames);
  const last = pick(lastNames);
  const number = String(Math.floor(random() * 1e6)).padStart(6, '0');
  const job = pick(jobs);
  const day = `${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}`;
  const company = i % 3 === 0 ? `Acme ${i % 5000} Ltd` : '';
  return (
    `X-${String(i).padStart(8, '0')},${first},${last},user${i}@example${i % 977}.com,${prefix}${number},${company},` +
    `${promotedTo ?? job},${pick(statuses)},${pick(segments)},${pick(tags)},${pick(['yes', 'no'])},${Math.floor(random() * 50)},` +
    `${(random() * 10_000).toFixed(2)},20${10 + (i % 15)}-${day}T10:${String(i % 60).padStart(2, '0')}:00Z,19${50 + (i % 50)}-${day},` +
    `${1 + (i % 999)} High Street,${city},${String(Math.floor(random() * 1e5)).padStart(5, '0')},${country},https://www.example${i % 977}.com/\r\n`
  );
}

/** Park and Miller's minimal standard generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
