/**
 * `npm run bench -- tokenize [--megabytes 250] [--json]`: a customer file from the disk to rows with every cell made a
 * string, by us and by Papa Parse in turns, each in a process of its own, so that neither sweeps up after the other.
 * The best of three turns of each counts.
 */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
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

interface Timed extends Counted {
  readonly seconds: number;
}

type Reader = 'ours' | 'papaparse';

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      megabytes: { type: 'string', default: '250' },
      json: { type: 'boolean', default: false },
      // How the processes that are measured are called.
      reader: { type: 'string' },
      file: { type: 'string' },
    },
  });
  if (values.reader !== undefined && values.file !== undefined) {
    process.stdout.write(JSON.stringify(await timed(values.reader as Reader, values.file)));
    return;
  }
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
async function measureTokenizer(path: string): Promise<Record<string, number>> {
  const { size } = await stat(path);
  const best = { ours: Number.POSITIVE_INFINITY, papaparse: Number.POSITIVE_INFINITY };
  let counted: Counted = { rows: 0, cells: 0, characters: 0 };
  for (let turn = 0; turn < turns; turn++) {
    const { seconds: ourSeconds, ...ours } = await inProcess('ours', path);
    const { seconds: theirSeconds, ...theirs } = await inProcess('papaparse', path);
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      throw new Error(`We read ${JSON.stringify(ours)}, Papa Parse ${JSON.stringify(theirs)}.`);
    }
    counted = ours;
    best.ours = Math.min(best.ours, ourSeconds);
    best.papaparse = Math.min(best.papaparse, theirSeconds);
  }
  const rate = (seconds: number) => Number((size / 1e6 / seconds).toFixed(1));
  return {
    file_mb: Number((size / 1e6).toFixed(1)),
    rows: counted.rows,
    cells: counted.cells,
    mb_per_second: rate(best.ours),
    papaparse_mb_per_second: rate(best.papaparse),
    ratio: Number((best.papaparse / best.ours).toFixed(2)),
  };
}

async function inProcess(reader: Reader, path: string): Promise<Timed> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    main,
    'tokenize',
    '--reader',
    reader,
    '--file',
    path,
  ]);
  return JSON.parse(stdout) as Timed;
}

async function timed(reader: Reader, path: string): Promise<Timed> {
  const read = reader === 'ours' ? readWithOurs : readWithPapaParse;
  const started = performance.now();
  const counted = await read(path);
  return { ...counted, seconds: (performance.now() - started) / 1000 };
}

async function readWithOurs(path: string): Promise<Counted> {
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
}

/** Papa Parse is given text: of bytes it spoils characters that a chunk's edge cuts. */
function readWithPapaParse(path: string): Promise<Counted> {
  return new Promise((resolve, reject) => {
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
}
