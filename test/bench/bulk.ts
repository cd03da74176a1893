/**
 * `npm run bench -- bulk [--rows 25000] [--json]`: POST /customers/bulk of 500 customers, again and again on one
 * connection with an API key, over the floor: the same rows by plain multi-row INSERTs of 500, one a table, into copies
 * of the same tables with the same indexes, in one transaction for each call.
 */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import type { Database } from '../../src/database/connect.ts';
import { createKey } from '../../src/tenants/keys.ts';
import { createTenant, type Tenant } from '../../src/tenants/tenants.ts';
import { makeFloorTables, tables } from './floor.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { serverSettings, settle } from './report.ts';
import { startServer, stopServer } from './server-process.ts';

/** As many as a call takes. */
const rowsPerCall = 500;
/** Calls before the clock starts: the server compiles its code, PostgreSQL its plans. */
const warmUpCalls = 5;

export function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '25000' }, json: { type: 'boolean', default: false } },
  });
  return measureOnDatabase(['--rows', values.rows, ...(values.json ? ['--json'] : [])], measure);
}

async function measure(database: Database, folder: string, rows: number): Promise<Figures> {
  const calls = Math.max(1, Math.round(rows / rowsPerCall));
  const tenant = await createTenant(database, { name: 'Bench', country: 'GB' });
  const held = { name: 'bench', permissions: ['customers:write'] } as const;
  const { token } = await createKey(database, tenant.id, held, null);
  const server = await startServer(folder);
  let seconds: number;
  try {
    const call = callsOn(`${server.url}/api/customers/bulk`, token);
    for (let i = -warmUpCalls; i < 0; i += 1) await call(customersFor(i));
    await settle(folder);
    const bodies = Array.from({ length: calls }, (_, i) => customersFor(i));
    seconds = await timed(calls, (i) => call(bodies[i] ?? ''));
  } finally {
    await stopServer(server);
  }
  const floorSeconds = await insertFloor(database, tenant, { folder, calls });
  return {
    customers_per_second: Math.round((calls * rowsPerCall) / seconds),
    seconds: Number(seconds.toFixed(3)),
    floor_seconds: Number(floorSeconds.toFixed(3)),
    ratio: Number((seconds / floorSeconds).toFixed(3)),
    calls,
    settings: await serverSettings(database),
  };
}

/** @returns the seconds of all calls together, one after the other. */
async function timed(calls: number, work: (i: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let i = 0; i < calls; i += 1) await work(i);
  return (performance.now() - started) / 1000;
}

function callsOn(url: string, token: string): (body: string) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (body) =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(url, { method: 'POST', agent, headers }, (response) => {
        text(response).then((answer) => {
          if (response.statusCode === 201) resolve();
          else reject(new Error(`The call answered ${response.statusCode}: ${answer.slice(0, 500)}`));
        }, reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

const towns = [
  ['London', 'SW1A 1AA'],
  ['Leeds', 'LS1 4DY'],
  ['Bath', 'BA1 1SU'],
] as const;

/** What the office sends: who it is, how to reach him, where he lives, who pays. */
function customersFor(call: number): string {
  const customers = Array.from({ length: rowsPerCall }, (_, i) => {
    const n = (call + warmUpCalls) * rowsPerCall + i;
    const [city, postcode] = towns[n % towns.length] as (typeof towns)[number];
    return {
      name: `Ann${n % 977} Lee${n}`,
      phone: `020 7946 ${String(n % 10_000).padStart(4, '0')}`,
      email: `ann.lee${n}@example.com`,
      address: `${1 + (n % 999)} High Street`,
      city,
      postcode,
      country: 'United Kingdom',
      paying_org: n % 2 === 0 ? 'Council' : null,
      tags: ['bulk', `ward ${n % 20}`],
      reminder_opt_in: n % 3 === 0,
    };
  });
  return JSON.stringify({ customers });
}

/** The rows that the calls wrote, once more: a statement a table, a transaction a call. */
function insertFloor(
  database: Database,
  tenant: Tenant,
  { folder, calls }: { readonly folder: string; readonly calls: number },
): Promise<number> {
  return database.asOwner(async (owner) => {
    await makeFloorTables(owner);
    const perCall = await statementsOf(owner, tenant.id, calls);
    await settle(folder);
    return timed(calls, async (i) => {
      await owner.query('begin');
      for (const statement of perCall[i] ?? []) await owner.query(statement);
      await owner.query('commit');
    });
  });
}

/** For each call that was timed the INSERTs of what it wrote, ready to be sent. */
async function statementsOf(owner: pg.ClientBase, tenantId: string, calls: number): Promise<string[][]> {
  await owner.query(`begin; set local app.tenant_id = '${tenantId}'`);
  const statements: string[][] = Array.from({ length: calls }, () => []);
  for (const table of tables) {
    const { rows: columns } = await owner.query<{ name: string }>(
      `select quote_ident(attname) as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
      [`public.${table}`],
    );
    const names = columns.map(({ name }) => name);
    const customer = table === 'customers' ? 'id' : 'customer_id';
    if (!names.includes(customer)) continue;
    // An argument list has a limit of a hundred; an array has none.
    const values = `array_to_string(array[${names.map((name) => `quote_nullable(t.${name}::text)`).join(', ')}], ', ')`;
    const { rows } = await owner.query<{ call: number; tuples: string }>(
      `select (c.place / ${rowsPerCall})::int as call, string_agg('(' || ${values} || ')', ',' order by c.place) as tuples
       from public.${table} t join (select id, row_number() over (order by number) - 1 - ${warmUpCalls * rowsPerCall} as place
         from public.customers where tenant_id = $1) c on c.id = t.${customer}
       where t.tenant_id = $1 and c.place >= 0 group by 1 order by 1`,
      [tenantId],
    );
    for (const { call, tuples } of rows)
      statements[call]?.push(`insert into floor.${table} (${names.join(', ')}) values ${tuples}`);
  }
  await owner.query('commit');
  return statements;
}
