/** How many records a file holds is said before it begins, and is true, whatever the way of counting. */
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import { type ExportOf, exported } from '../../support/export.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();
let tenant = '';

beforeAll(async () => {
  const people = Array.from(
    { length: 10 },
    (_, i) => `p${i}@example.com,Ann,${i % 2 === 0 ? 'vip' : 'new'}\n`,
  );
  const file = `email,first_name,segment\n${people.join('')}`;
  tenant = await given.tenant();
  await given.import(tenant, file, { require: [] });
  await given.import(await given.tenant(), file, { require: [] });
  const deleted = await given.rows(
    tenant,
    `update customers set deleted_at = now() where email in ('p1@example.com', 'p2@example.com', 'p3@example.com') returning id`,
  );
  expect(deleted).toHaveLength(3);
});

const vips = { where: { field: 'segment', operator: 'is', value: 'vip' } } as const;

test.each<[string, Partial<ExportOf>, number]>([
  ['all that are not deleted', {}, 7],
  ['at most so many', { limit: 4 }, 4],
  ['of more than there are', { limit: 40 }, 7],
  ['that a filter lets through', { filter: vips }, 4],
  ['that are archived', { filter: { archived: 'only' } }, 0],
  ['none', { limit: 0 }, 0],
])('%s', async (_, asked, amount) => {
  const columns = [{ field: 'email' }, { field: 'first_name' }];
  const { records, text } = await exported(given.database, tenant, { dataset: customers, columns, ...asked });
  const lines = parse(text, { bom: true, columns: true }) as unknown[];
  expect([records, lines.length]).toEqual([amount, amount]);
});
