/**
 * `npm run bench -- export --rows 100000 [--format csv,xlsx|all] [--columns all] [--json]`: exports through HTTP over the
 * floor: COPY of the very same formatted query on one connection, its bytes counted and thrown away, in the same run.
 *
 * Both are done by turns, and the fastest one of each counts. The server is a process of its own for each format, so that
 * its memory is that of the export and nothing else: first of a tenth of the records, then of all.
 */
import { request } from 'node:http';
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
  const formats = values.format === 'all' ? exportFormats : values.format.split(',').map(formatNamed);
  const columns = values.columns === 'all' ? ('all' as const) : undefined;
  const rest = ['--rows', values.rows, ...(values.json ? ['--json'] : [])];
  return measureOnDatabase(rest, (database, folder, rows) =>
    measure(
      { database, folder, rows },
      formats.map((format) => ({ format, columns })),
    ),
  );
}

function formatNamed(name: string): ExportFormat {
  const format = exportFormats.find((known) => known === name);
  if (format === undefined) throw new Error(`--format is ${exportFormats.join(', ')}, or all.`);
  return format;
}

const rounds = 3;
/** As many of the records, to see whether memory grows with them. */
const share = 10;

interface Given {
  readonly database: Database;
  readonly folder: string;
  readonly rows: number;
}

async function measure(given: Given, all: readonly Wanted[]): Promise<Figures> {
  const { database, folder, rows } = given;
  const tenant = await fill(database, folder, rows);
  await settle(folder);
  const figures: Figures = { rows };
  for (const wanted of all) figures[wanted.format] = await measureFormat(given, tenant, wanted);
  return { ...figures, settings: await serverSettings(database) };
}

async function measureFormat(
  { database, folder, rows }: Given,
  tenant: Tenant,
  wanted: Wanted,
): Promise<Figures> {
  const server = await startServer(folder);
  try {
    const permissions = ['customers:export'] as const;
    const { token } = await createKey(database, tenant.id, { name: 'bench', permissions }, null);
    const atStart = processFigures(server);
    await download(server, token, { ...wanted, limit: Math.ceil(rows / share) });
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
      bytes: taken.bytes,
      seconds: round(taken.seconds),
      rows_per_second: Math.round(rows / taken.seconds),
      first_byte_seconds: round(taken.firstByteSeconds),
      floor_seconds: round(floor.seconds),
      ratio: round(taken.seconds / floor.seconds),
      process_cpu_seconds_each: round((after.cpuSeconds - before.cpuSeconds) / rounds),
      rss_at_start_mb: atStart.rssMb,
      peak_rss_of_a_tenth_mb: before.peakRssMb,
      peak_rss_mb: after.peakRssMb,
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

async function download(
  { url }: Server,
  token: string,
  { format, columns, limit }: Wanted & { readonly limit?: number },
): Promise<Taken> {
  const { sink, taken } = counting();
  await new Promise<void>((resolve, reject) => {
    const call = request(`${url}/api/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      if (response.statusCode === 200) pipeline(response, sink).then(resolve, reject);
      else reject(new Error(`The export got ${response.statusCode}.`));
    });
    call.end(JSON.stringify({ dataset: 'customers', format, columns, limit }));
  });
  return taken();
}

function fastest(taken: readonly Taken[]): Taken {
  return taken.reduce((best, next) => (next.seconds < best.seconds ? next : best));
}

function round(figure: number): number {
  return Number(figure.toFixed(3));
}
