/**
 * The floor under an import: what PostgreSQL alone needs for the same rows. The tables that the import wrote are
 * copied with their indexes, checks and foreign keys, and filled by plain COPY on one connection from files that hold
 * the rows already split and typed. Same server, same settings, same run.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from, to } from 'pg-copy-streams';

/** Parents before children. */
export const tables = [
  'customers',
  'individual_profiles',
  'business_profiles',
  'care_profiles',
  'customer_addresses',
  'customer_groups',
  'customer_group_members',
  'customer_notes',
] as const;

/** Copies the structure of the tables into the schema `floor`, foreign keys among them. */
export async function makeFloorTables(owner: pg.ClientBase): Promise<void> {
  await owner.query('drop schema if exists floor cascade; create schema floor');
  for (const table of tables)
    await owner.query(`create table floor.${table} (like public.${table} including all)`);
  const { rows } = await owner.query<{ table: string; definition: string }>(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition from pg_constraint
     where contype = 'f' and conrelid = any ($1::regclass[])`,
    [[...tables]],
  );
  for (const { table, definition } of rows) {
    const within = definition.replace(/REFERENCES (\w+)/, (whole, name: string) =>
      (tables as readonly string[]).includes(name) ? `REFERENCES floor.${name}` : whole,
    );
    await owner.query(`alter table floor.${table} add ${within}`);
  }
}

export interface Dumped {
  readonly table: string;
  readonly columns: string;
  readonly file: string;
}

/** Writes a tenant's rows to files, in COPY's text format. */
export async function dumpTenant(owner: pg.ClientBase, tenantId: string, folder: string): Promise<Dumped[]> {
  await owner.query(`begin; set local app.tenant_id = '${tenantId}'`);
  const dumped: Dumped[] = [];
  for (const table of tables) {
    const { rows } = await owner.query<{ columns: string }>(
      `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [`public.${table}`],
    );
    const columns = rows[0]?.columns ?? '';
    const file = join(folder, `${table}.copy`);
    const query = `copy (select ${columns} from public.${table} where tenant_id = '${tenantId}') to stdout`;
    await pipeline(owner.query(to(query)), createWriteStream(file));
    dumped.push({ table, columns, file });
  }
  await owner.query('commit');
  return dumped;
}

/** @returns the seconds that COPY takes for all of the files, one after the other on one connection. */
export async function copyFloor(client: pg.ClientBase, dumped: readonly Dumped[]): Promise<number> {
  const started = performance.now();
  for (const { table, columns, file } of dumped) {
    const source = createReadStream(file, { highWaterMark: 1 << 18 });
    await pipeline(source, client.query(from(`copy floor.${table} (${columns}) from stdin`)));
  }
  return (performance.now() - started) / 1000;
}
