/**
 * `npm run bench -- export --rows 100000 [--format csv] [--columns all] [--json]`: an export through HTTP over the floor:
 * COPY of the very same formatted query on one connection, its bytes counted and thrown away, in the same run.
 *
 * Both are done twice by turns, and the faster one of each counts. The server is a process of its own, so that its
 * memory is that of the export and nothing else.
 */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import type { Database } from '../../src/database/connect.ts';
import { dataset } from '../../src/datasets/registry.ts';
import { type ExportFormat, encode, exportFormats } from '../../src/export/encode.ts';
import { sessionTimezone } from '../../src/export/format.ts';
import { exportQuery } from '../../src/export/query.ts';
import { createKey } from '../../src/tenants/keys.ts';
import { createTenant, type Tenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { runProgram } from './program.ts';
import { serverSettings, settle } from './report.ts';
import { processFigures, type Server, startServer, stopServer } from './server-process.ts';

interface Wanted {
  readonly format: ExportFormat;
  readonly columns: 'all' | undefined;
}

export function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rows: { type: 'string', default: '100000' },
      format: { type: 'string', default: 'csv' },
      columns: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const format = exportFormats.find((known) => known === values.format);
  if (format === undefined) throw new Error(`--format is ${exportFormats.join(', ')}.`);
  const wanted = { format, columns: values.columns === 'all' ? ('all' as const) : undefined };
  const rest = ['--rows', values.rows, ...(values.json ? ['--json'] : [])];
  return measureOnDatabase(rest, (database, folder, rows) => measure(database, folder, rows, wanted));
}

const rounds = 2;

async function measure(database: Database, folder: string, rows: number, wanted: Wanted): Promise<Figures> {
  const tenant = await fill(database, folder, rows);
  await settle(folder);
  const server = await startServer(folder);
  try {
    const { token } = await createKey(
      database,
      tenant.id,
      { name: 'bench', permissions: ['customers:export'] },
      null,
    );
    const before = processFigures(server);
    const floors: Taken[] = [];
    const exports: Taken[] = [];
    for (let round = 0; round < rounds; round += 1) {
      floors.push(await copyFloor(database, tenant, wanted));
      exports.push(await download(server, token, wanted));
    }
    const after = processFigures(server);
    const floor = fastest(floors);
    const taken = fastest(exports);
    return {
      rows,
      format: wanted.format,
      bytes: taken.bytes,
      seconds: round(taken.seconds),
      rows_per_second: Math.round(rows / taken.seconds),
      first_byte_seconds: round(taken.firstByteSeconds),
      floor_seconds: round(floor.seconds),
      ratio: round(taken.seconds / floor.seconds),
      process_cpu_seconds_each: round((after.cpuSeconds - before.cpuSeconds) / rounds),
      rss_before_mb: before.rssMb,
      peak_rss_mb: after.peakRssMb,
      settings: await serverSettings(database),
    };
  } finally {
    await stopServer(server);
  }
}

async function fill(database: Database, folder: string, rows: number): Promise<Tenant> {
  const file = join(folder, 'customers.csv');
  await writeCustomerFile(file, { rows });
  const tenant = await createTenant(database, { name: 'Bench', country: 'GB', timezone: 'Europe/London' });
  await runProgram(['import', file, '--tenant', tenant.slug, '--json'], folder);
  await database.asOwner(async (owner) => void (await owner.query('vacuum analyze')));
  return tenant;
}

interface Taken {
  readonly bytes: number;
  readonly seconds: number;
  readonly firstByteSeconds: number;
}

/** Counts what comes and throws it away. */
function counting(): { readonly sink: Writable; taken(): Taken } {
  const started = performance.now();
  let bytes = 0;
  let first = 0;
  const sink = new Writable({
    write: (piece: Buffer, _, done) => {
      if (bytes === 0) first = performance.now();
      bytes += piece.length;
      done();
    },
  });
  const taken = (): Taken => ({
    bytes,
    seconds: (performance.now() - started) / 1000,
    firstByteSeconds: (first - started) / 1000,
  });
  return { sink, taken };
}

async function copyFloor(database: Database, tenant: Tenant, { format, columns }: Wanted): Promise<Taken> {
  const profile = format === 'csv' || format === 'xlsx' ? 'spreadsheet' : 'data';
  const context = { timezone: tenant.timezone, country: tenant.country, currency: tenant.currency };
  const selection = { dataset: dataset('customers'), tenantId: tenant.id, columns };
  const query = exportQuery(selection, { ...context, mayRead: (field) => field.sensitive !== true }, profile);
  const csv = { delimiter: 'comma', quotes: 'needed', lineEnd: 'lf', bom: false } as const;
  const { statement } = encode(
    query,
    { format, csv, gzip: false, title: 'Customers' },
    { profile, ...context },
  );
  const client = new pg.Client({
    ...database.logins.app,
    options: '-c timezone=UTC -c datestyle=ISO -c jit=off',
  });
  await client.connect();
  await client.query(
    `begin isolation level repeatable read read only; set local app.tenant_id = '${tenant.id}'`,
  );
  await client.query(`set local timezone = '${sessionTimezone({ profile, ...context })}'`);
  const { sink, taken } = counting();
  await pipeline(client.query(to(statement)), sink);
  const result = taken();
  await client.end();
  return result;
}

async function download({ url }: Server, token: string, { format, columns }: Wanted): Promise<Taken> {
  const { sink, taken } = counting();
  const response = await fetch(`${url}/api/exports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ dataset: 'customers', format, columns }),
  });
  if (response.status !== 200 || response.body === null)
    throw new Error(`The export got ${response.status}: ${await response.text()}`);
  await pipeline(response.body, sink);
  return taken();
}

function fastest(taken: readonly Taken[]): Taken {
  return taken.reduce((best, next) => (next.seconds < best.seconds ? next : best));
}

function round(figure: number): number {
  return Number(figure.toFixed(3));
}
