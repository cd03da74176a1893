/** What becomes of a row in each mode, and the five counts. */
import { describe, expect, test } from 'vitest';
import type { ImportRun } from '../../../src/import/run.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const five = ({ created, updated, unchanged, skipped, failed }: ImportRun) => ({
  created,
  updated,
  unchanged,
  skipped,
  failed,
});

describe('the mode', () => {
  test('upsert creates what is not there and updates what is', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\nann@example.com,Ann\nbob@example.com,Bob\n');
    const run = await given.import(
      tenant,
      'email,first_name\nann@example.com,Anna\nbob@example.com,Bob\ncy@example.com,Cy\n',
    );
    expect(await given.outcomes(run)).toEqual(['updated', 'unchanged', 'created']);
    expect(await given.column(tenant, 'first_name')).toEqual({
      'ann@example.com': 'Anna',
      'bob@example.com': 'Bob',
      'cy@example.com': 'Cy',
    });
  });

  test('create leaves what exists', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Anna\nbob@example.com,Bob\n', {
      mode: 'create',
    });
    expect(await given.outcomes(run)).toEqual(['skipped skip.exists', 'created']);
    expect((await given.customer(tenant, 'ann@example.com')).first_name).toBe('Ann');
  });

  test('update leaves what does not exist', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Anna\nbob@example.com,Bob\n', {
      mode: 'update',
    });
    expect(await given.outcomes(run)).toEqual(['updated', 'skipped skip.missing']);
    expect(await given.column(tenant, 'first_name')).toEqual({ 'ann@example.com': 'Anna' });
  });
});

test('the five counts make the rows read, whatever the rows are', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\nann@example.com,Ann\nbob@example.com,Bob\n');
  const run = await given.import(
    tenant,
    'email,first_name\nann@example.com,Ann\nbob@example.com,Rob\nno address,Cy\n,Dee\neve@example.com,Eve\neve@example.com,Eva\nragged,a,b\n',
  );
  expect(await given.outcomes(run)).toEqual([
    'unchanged',
    'updated',
    'failed email.invalid',
    'failed value.required',
    'skipped skip.duplicate',
    'created',
    'failed row.ragged',
  ]);
  expect(five(run)).toEqual({ created: 1, updated: 1, unchanged: 1, skipped: 1, failed: 3 });
  expect(run.rowsRead).toBe(7);
  expect(run.state).toBe('done');
});

test('an import comes to the same whatever the size of its chunks', async () => {
  const people = Array.from({ length: 30 }, (_, i) => {
    const group = i % 3 === 0 ? 'Gold' : `G${i % 5}`;
    return `p${i % 25}@example.com,P${i},${group},p${(i * 7) % 25}@example.com,,t${i % 4}\n`;
  });
  const content = `email,first_name,groups,referred_by,number,tags\n${people.join('')}wrong,X,,,,\np99@example.com,Last,,,CUST-000200,\n`;
  const ends = [];
  for (const [chunkRows, chunks] of [
    [1, 31],
    [4, 8],
    [5000, 1],
  ]) {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\np3@example.com,Before\np20@example.com,Before\n');
    const id = await given.take(tenant, content);
    await given.rows(tenant, 'update imports set chunk_rows = $1', [chunkRows]);
    const run = await given.drive(tenant, id);
    const customers = await given.rows(
      tenant,
      `select c.number, c.email, c.first_name, c.version, r.email as by, c.tags, array_agg(g.name) as groups from customers c
       left join customers r on r.id = c.referred_by left join customer_group_members m on m.customer_id = c.id
       left join customer_groups g on g.id = m.group_id group by c.id, c.tenant_id, r.email order by c.number`,
    );
    const written = await given.rows(
      tenant,
      `select from import_chunks where import_id = $1 and phase = 'commit'`,
      [id],
    );
    expect(written).toHaveLength(chunks ?? 0);
    ends.push({ counts: five(run), outcomes: await given.outcomes(run), customers });
  }
  expect(ends[1]).toEqual(ends[0]);
  expect(ends[2]).toEqual(ends[0]);
});
