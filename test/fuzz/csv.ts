/**
 * Random delimited text, read by us in chunks of random sizes, and compared with what was written, with csv-parse, and
 * with Papa Parse. Text that was spoiled has no truth; there, rows must not depend on the chunks, and every row must
 * begin where and on the line that it says.
 */
import { readCsvRows } from '../../src/file-formats/csv/csv.ts';
import { configuredLimits } from '../../src/file-formats/limits.ts';
import type { Dialect } from '../../src/file-formats/rows.ts';
import { type RandomFile, randomFile } from './csv-files.ts';
import { csvParse, type Oracle, papaParse, type Rows } from './csv-oracles.ts';
import { Random } from './random.ts';

export interface Difference {
  readonly file: RandomFile;
  readonly number: number;
  readonly against: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

export interface FuzzResult {
  readonly files: number;
  /** How many files each oracle had a say in. */
  readonly compared: Readonly<Record<string, number>>;
  readonly differences: readonly Difference[];
}

const oracles: Readonly<Record<string, Oracle>> = {
  'what was written': (file) => file.truth,
  'csv-parse': csvParse,
  'Papa Parse': papaParse,
};

const differencesMax = 10;

/** Reads `files` random files; a seed gives the same ones again. Stops early when much differs. */
export async function fuzzCsv(
  files: number,
  seed: number,
  onProgress: (done: number) => void = () => {},
): Promise<FuzzResult> {
  const random = new Random(seed);
  const compared: Record<string, number> = {};
  const differences: Difference[] = [];
  let done = 0;
  for (; done < files && differences.length < differencesMax; done++) {
    const file = randomFile(random);
    const ours = await readInChunks(file, random);
    const report = (against: string, mine: unknown, theirs: unknown) => {
      compared[against] = (compared[against] ?? 0) + 1;
      if (JSON.stringify(mine) !== JSON.stringify(theirs))
        differences.push({ file, number: done, against, ours: mine, theirs });
    };
    report('one chunk', ours, await readInChunks(file, undefined));
    report('lines and bytes', ours.places, placesOf(file, ours.places));
    for (const [name, oracle] of Object.entries(oracles)) {
      const theirs = oracle(file);
      if (theirs !== undefined) report(name, ours.rows, theirs);
    }
    if (done % 1000 === 0) onProgress(done);
  }
  return { files: done, compared, differences };
}

export async function run({
  files,
  seed,
}: {
  readonly files: number;
  readonly seed: number;
}): Promise<number> {
  const started = performance.now();
  const result = await fuzzCsv(files, seed, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${files} files`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  for (const difference of result.differences) process.stdout.write(`${describe(difference)}\n`);
  const seconds = Math.round((performance.now() - started) / 1000);
  const counts = Object.entries(result.compared).map(([name, count]) => `${name} ${count}`);
  process.stdout.write(
    `${result.files} files in ${seconds} s, ${result.differences.length} differences. Compared: ${counts.join(', ')}.\n`,
  );
  return result.differences.length === 0 ? 0 : 1;
}

interface OurRows {
  readonly rows: Rows;
  readonly faults: readonly string[];
  readonly places: readonly (readonly [line: number, offset: number])[];
}

async function readInChunks(file: RandomFile, random: Random | undefined): Promise<OurRows> {
  const bytes = Buffer.from(file.text);
  const size = random === undefined ? bytes.length : random.whole(1, 40);
  const dialect: Dialect = {
    format: 'csv',
    packing: 'none',
    encoding: 'utf-8',
    delimiter: file.delimiter,
    quote: file.quote,
    escape: file.escape,
    header: false,
    skipLines: 0,
    footerRows: 0,
    comment: '',
  };
  const source = {
    chunks: chunksOf(bytes, size),
    room: 0,
    base: 0,
    measure: (_: Uint8Array, from: number, to: number) => to - from,
  };
  const rows: string[][] = [];
  const faults: string[] = [];
  const places: [number, number][] = [];
  for await (const batch of readCsvRows(source, {
    dialect,
    limits: configuredLimits(),
    columns: undefined,
  })) {
    for (let i = 0; i < batch.length; i++) {
      rows.push(Array.from({ length: batch.width(i) }, (_, column) => batch.cell(i, column)));
      places.push([batch.line(i), batch.offset(i)]);
    }
    faults.push(...batch.faults.map(({ row, code, offset }) => `${row} ${code} ${offset}`));
  }
  return { rows, faults, places };
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

/** The line of each byte, counted anew. */
function placesOf(file: RandomFile, places: OurRows['places']): [number, number][] {
  const bytes = Buffer.from(file.text);
  return places.map(([, offset]) => [bytes.toString('latin1', 0, offset).split(/\r\n|\r|\n/).length, offset]);
}

function describe({ file, number, against, ours, theirs }: Difference): string {
  return [
    `File ${number} differs from ${against}: delimiter ${JSON.stringify(file.delimiter)}, quote ${file.quote}, ${file.escape}, ${file.lineEnds}`,
    `  text   ${JSON.stringify(file.text)}`,
    `  ours   ${JSON.stringify(ours)}`,
    `  theirs ${JSON.stringify(theirs)}`,
  ].join('\n');
}
