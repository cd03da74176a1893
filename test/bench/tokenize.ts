/**
 * `npm run bench -- tokenize [--megabytes 250] [--json]`: a customer file from the disk to rows with every cell made a
 * string, by us and by Papa Parse in turns, in this process. The best of three turns of each counts.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { inspectFile, readRows } from '../../src/file-formats/open.ts';
import { writeCustomerFile } from './customer-file.ts';

const turns = 3;
const bytesPerRow = 200;
const chunkBytes = 256 * 1024;

/** So that neither can be fast by leaving something out. */
interface Counted {
  rows: number;
  cells: number;
  characters: number;
}

type Reader = (path: string) => Promise<Counted>;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { megabytes: { type: 'string', default: '250' }, json: { type: 'boolean', default: false } },
  });
  const folder = await mkdtemp(join(tmpdir(), 'clientele-bench-'));
  try {
    const path = join(folder, 'customers.csv');
    await writeCustomerFile(path, { rows: Math.ceil((Number(values.megabytes) * 1e6) / bytesPerRow) });
    const figures = await measureTokenizer(path);
    if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else
      for (const [name, value] of Object.entries(figures))
        process.stdout.write(`${name.padEnd(26)} ${value}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Megabytes a second of both, reading the same file. @throws Error when they do not read the same. */
export async function measureTokenizer(path: string): Promise<Record<string, number>> {
  const { size } = await stat(path);
  const seconds = { ours: Number.POSITIVE_INFINITY, papaparse: Number.POSITIVE_INFINITY };
  let counted: Counted = { rows: 0, cells: 0, characters: 0 };
  for (let turn = 0; turn < turns; turn++) {
    const ours = await timed(readWithOurs, path);
    const papaparse = await timed(readWithPapaParse, path);
    if (JSON.stringify(ours.counted) !== JSON.stringify(papaparse.counted)) {
      throw new Error(
        `We read ${JSON.stringify(ours.counted)}, Papa Parse ${JSON.stringify(papaparse.counted)}.`,
      );
    }
    counted = ours.counted;
    seconds.ours = Math.min(seconds.ours, ours.seconds);
    seconds.papaparse = Math.min(seconds.papaparse, papaparse.seconds);
  }
  const rate = (taken: number) => Number((size / 1e6 / taken).toFixed(1));
  return {
    file_mb: Number((size / 1e6).toFixed(1)),
    rows: counted.rows,
    cells: counted.cells,
    mb_per_second: rate(seconds.ours),
    papaparse_mb_per_second: rate(seconds.papaparse),
    ratio: Number((seconds.papaparse / seconds.ours).toFixed(2)),
  };
}

async function timed(read: Reader, path: string): Promise<{ seconds: number; counted: Counted }> {
  const started = performance.now();
  const counted = await read(path);
  return { seconds: (performance.now() - started) / 1000, counted };
}

const readWithOurs: Reader = async (path) => {
  const { dialect, columns } = await inspectFile(path);
  const counted: Counted = { rows: 0, cells: 0, characters: 0 };
  for await (const batch of readRows(path, dialect, { columns })) {
    counted.rows += batch.length;
    for (let i = 0; i < batch.length; i++) {
      const width = batch.width(i);
      counted.cells += width;
      for (let column = 0; column < width; column++) counted.characters += batch.cell(i, column).length;
    }
  }
  return counted;
};

/** Papa Parse is given text: of bytes it spoils characters that a chunk's edge cuts. */
const readWithPapaParse: Reader = (path) =>
  new Promise((resolve, reject) => {
    const counted: Counted = { rows: 0, cells: 0, characters: 0 };
    let isHeader = true;
    Papa.parse<string[]>(createReadStream(path, { encoding: 'utf8', highWaterMark: chunkBytes }), {
      skipEmptyLines: true,
      chunk: ({ data }) => {
        for (const row of isHeader ? data.slice(1) : data) {
          counted.rows++;
          counted.cells += row.length;
          for (const cell of row) counted.characters += cell.length;
        }
        isHeader = false;
      },
      complete: () => resolve(counted),
      error: reject,
    });
  });
