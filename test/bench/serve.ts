/**
 * `npm run bench -- serve [--rows 1000000] [--megabytes 1024] [--json]`: the server under load, as `npm start` runs it.
 *
 * A large upload against the memory of the process; a simple read in one tenant while another imports, against the
 * same read when nothing else goes on; ten clients that import at once into five tenants.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import type { Database } from '../../src/database/connect.ts';
import { createKey } from '../../src/tenants/keys.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { processFigures, type Server, startServer, stopServer } from './server-process.ts';

export function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '1000000' },
      megabytes: { type: 'string', default: '1024' },
      json: { type: 'boolean', default: false },
    },
  });
  const rest = ['--rows', values.rows, ...(values.json ? ['--json'] : [])];
  return measureOnDatabase(rest, (database, folder, rows) =>
    measure(database, folder, { rows, megabytes: Number(values.megabytes) }),
  );
}

interface Size {
  readonly rows: number;
  readonly megabytes: number;
}

async function measure(database: Database, folder: string, size: Size): Promise<Figures> {
  const server = await startServer(folder);
  try {
    const clients = await Promise.all(Array.from({ length: 6 }, (_, i) => clientOf(database, server, i)));
    const [reader, ...importers] = clients as [Client, ...Client[]];
    return {
      ...(await measureUpload(server, importers[0] as Client, size.megabytes)),
      ...(await measureReads(folder, reader, importers[0] as Client, size.rows)),
      ...(await measureCrowd(folder, importers, 20_000)),
    };
  } finally {
    await stopServer(server);
  }
}

interface Client {
  readonly url: string;
  readonly headers: { readonly authorization: string };
}

async function clientOf(database: Database, { url }: Server, i: number): Promise<Client> {
  const { id } = await createTenant(database, { name: `Bench ${i}`, country: 'GB' });
  const wanted = { name: 'bench', permissions: ['customers:import'] };
  const { token } = await createKey(database, id, wanted, null);
  return { url, headers: { authorization: `Bearer ${token}` } };
}

async function upload({ url, headers }: Client, body: Readable, query: string): Promise<string> {
  const response = await fetch(`${url}/api/imports?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: Readable.toWeb(body),
    duplex: 'half',
  } as RequestInit);
  if (response.status !== 201) throw new Error(`The upload got ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

async function untilResting({ url, headers }: Client, id: string): Promise<Record<string, unknown>> {
  for (;;) {
    const response = await fetch(`${url}/api/imports/${id}`, { headers });
    const run = (await response.json()) as Record<string, unknown>;
    if (run.resting) return run;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The peak holds the upload and the look at the whole file after it. */
async function measureUpload(server: Server, client: Client, megabytes: number): Promise<Figures> {
  const started = performance.now();
  const id = await upload(client, Readable.from(largeFile(megabytes)), 'name=large.csv&until=mapped');
  const seconds = (performance.now() - started) / 1000;
  await untilResting(client, id);
  return {
    upload_mb: megabytes,
    upload_seconds: Number(seconds.toFixed(2)),
    upload_peak_rss_mb: processFigures(server).peakRssMb,
  };
}

function* largeFile(megabytes: number): Generator<Buffer> {
  yield Buffer.from('first_name,last_name,email,general_notes\n');
  const row = `Ada,Lovelace,ada@example.com,${'x'.repeat(994)}\n`;
  const piece = Buffer.from(row.repeat(1024));
  for (let i = 0; i < megabytes; i += 1) yield piece;
}

async function measureReads(
  folder: string,
  reader: Client,
  importer: Client,
  rows: number,
): Promise<Figures> {
  const file = join(folder, 'customers.csv');
  await writeCustomerFile(file, { rows });
  await readsUntil(reader, after(3000));
  const quiet = await readsUntil(reader, after(15_000));
  const started = performance.now();
  const ended = upload(importer, createReadStream(file), 'name=customers.csv&until=committed').then((id) =>
    untilResting(importer, id),
  );
  const busy = await readsUntil(reader, ended);
  const seconds = (performance.now() - started) / 1000;
  const run = await ended;
  return {
    rows,
    import_state: run.state,
    import_created: run.created,
    import_seconds: Number(seconds.toFixed(1)),
    quiet_p95_ms: Number(p95(quiet).toFixed(1)),
    busy_p95_ms: Number(p95(busy).toFixed(1)),
    busy_p95_ratio: Number((p95(busy) / p95(quiet)).toFixed(2)),
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const readEveryMs = 20;

/** @returns the time of each read, in milliseconds. */
async function readsUntil({ url, headers }: Client, end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void end.finally(() => {
    isOver = true;
  });
  const times: number[] = [];
  while (!isOver) {
    const started = performance.now();
    const response = await fetch(`${url}/api/imports?limit=20`, { headers });
    await response.arrayBuffer();
    times.push(performance.now() - started);
    await after(readEveryMs);
  }
  return times;
}

function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

/** Two clients in each of five tenants, all at once, each with customers of its own. */
async function measureCrowd(folder: string, clients: readonly Client[], rows: number): Promise<Figures> {
  const files = [join(folder, 'one.csv'), join(folder, 'other.csv')];
  for (const [i, file] of files.entries())
    await writeCustomerFile(file, { rows, from: (10 + i) * 10_000_000 });
  const started = performance.now();
  const runs = await Promise.all(
    clients.flatMap((client) =>
      files.map(async (file) =>
        untilResting(client, await upload(client, createReadStream(file), 'name=c.csv&until=committed')),
      ),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  return {
    crowd_imports: runs.length,
    crowd_done: runs.filter(({ state, created }) => state === 'done' && created === rows).length,
    crowd_seconds: Number(seconds.toFixed(1)),
    crowd_rows_per_second: Math.round((runs.length * rows) / seconds),
  };
}
