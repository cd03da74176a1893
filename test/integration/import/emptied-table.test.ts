/** An undo may leave a table all but empty, and the database notes that: the next import must not be planned for so few. */
import { expect, test } from 'vitest';
import { plannerHints } from '../../../src/database/planner-hints.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();
const rows = 4000;

/** What the database asks for each row that refers to a customer. */
const foreignKeyCheck =
  'select 1 from only customers x where tenant_id = $1::uuid and id = $2::uuid for key share of x';

test('a chunk finds whom a foreign key means by the key, in a table in which an undo has left a handful', async () => {
  await given.import(await given.tenant(), 'first_name,email\nBob,bob@example.com\nCy,cy@example.com\n');
  const tenant = await given.tenant();
  const content = [
    'first_name,email,tags,city,country_code,address_line1',
    ...Array.from({ length: rows }, (_, i) => `Ann,ann${i}@example.com,retail,York,GB,${i} High St`),
    '',
  ].join('\n');
  for (const _ of [1, 2, 3, 4]) await given.undo(await given.import(tenant, content));
  const plan = await given.database.asOwner(async (owner) => {
    await owner.query('vacuum analyze customers');
    await owner.query(`begin; ${plannerHints.chunk}`);
    const { rows: lines } = await owner.query(`explain (generic_plan) ${foreignKeyCheck}`);
    await owner.query('rollback');
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  });
  expect(plan).toContain('Index Scan using customers_pkey');
});
