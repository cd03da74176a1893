/** How much the database reads for a piece of work: what grows with the square of the rows shows here, and not by the clock. */
import type { Database } from '../../src/database/connect.ts';

/** @returns rows of the table, and entries of its indexes, that were read by the work. */
export async function readBy(
  database: Database,
  table: string,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = await entriesRead(database, table);
  await work();
  return (await entriesRead(database, table)) - before;
}

/** A connection tells of its reads when it is asked to. */
async function entriesRead({ app }: Database, table: string): Promise<number> {
  const clients = await Promise.all(Array.from({ length: app.totalCount }, () => app.connect()));
  for (const client of clients) {
    await client.query('select pg_stat_force_next_flush()');
    client.release();
  }
  const { rows } = await app.query<{ read: string }>(
    `select seq_tup_read + (select sum(idx_tup_read) from pg_stat_all_indexes i where i.relid = t.relid) as read
     from pg_stat_all_tables t where relid = $1::regclass`,
    [`public.${table}`],
  );
  return Number(rows[0]?.read);
}
