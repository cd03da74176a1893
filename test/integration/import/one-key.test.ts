/**
 * A file may have one key in thousands of its rows: a placeholder for an e-mail address, an order of many lines. What the
 * check keeps of them grows with the rows, and not with their square: the database may write next to nothing aside.
 */
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { readBy } from '../../support/entries-read.ts';
import { useImports } from '../../support/import.ts';
import { asAdmin } from '../../support/server.ts';

const given = useImports({ lookupRowsMax: 0 });
const rows = 5000;

beforeAll(async () => {
  const { user, database } = given.logins.app;
  await asAdmin(inject('testServer').admin, (client) =>
    client.query(`alter role ${user} in database ${database} set temp_file_limit = '16MB'`),
  );
});

function lines(header: string, line: (row: number) => string): string {
  return `${header}\n${Array.from({ length: rows }, (_, i) => line(i + 1)).join('\n')}\n`;
}

describe('thousands of rows of one key', () => {
  const people = lines('email,first_name', (row) => `nobody@example.com,Name ${row}`);

  test('are set aside for the last of them', async () => {
    const run = await given.import(await given.tenant(), people);
    expect(run).toMatchObject({ state: 'done', created: 1, skipped: rows - 1, failed: 0 });
    expect((await given.problems(run))[0]).toMatchObject({ row: 1, details: { kept: rows } });
  });

  test('fail together, each with the first ten', async () => {
    const run = await given.import(await given.tenant(), people, { duplicates: 'fail' });
    expect(run).toMatchObject({ state: 'done', created: 0, failed: rows });
    expect((await given.problems(run)).at(-1)).toMatchObject({
      row: rows,
      details: { rows: '1, 2, 3, 4, 5, 6, 7, 8, 9, 10' },
    });
  });

  test('become one order of as many lines, in the order of the file', async () => {
    const tenant = await given.tenant();
    const content = lines('Order Number,Line Item Name,Line Item Price', (row) => `7,Thing ${row},0.01`);
    const run = await given.import(tenant, content, { dataset: 'orders' });
    expect(run).toMatchObject({ state: 'done', created: 1, skipped: rows - 1, failed: 0 });
    const [order] = await given.rows(
      tenant,
      `select jsonb_array_length(line_items) as lines, line_items -> 0 ->> 'title' as first, line_items -> -1 ->> 'title' as last from orders`,
    );
    expect(order).toEqual({ lines: rows, first: 'Thing 1', last: `Thing ${rows}` });
  });

  test('are found again among the addresses of one customer, who are read once', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    const content = lines(
      'customer,address_line1,city,country_code',
      (row) => `ann@example.com,${row} High St,York,GB`,
    );
    await given.import(tenant, content, { dataset: 'addresses' });
    const read = await readBy(given.database, 'customer_addresses', async () => {
      const run = await given.import(tenant, content.toUpperCase(), {
        dataset: 'addresses',
        write: ['address_line1=never', 'city=never'],
      });
      expect(run).toMatchObject({ created: 0, unchanged: rows });
    });
    expect(read).toBeLessThan(20 * rows);
  });
});
