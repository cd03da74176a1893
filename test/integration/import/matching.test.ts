/** How a row finds its record: by its keys in order, among live records first, among deleted ones the latest. */
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

const twoCustomers =
  'number,external_id,email,first_name\nA-1,x1,ann@example.com,Ann\nB-2,x2,bob@example.com,Bob\n';

async function tenantOf(content: string): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, content);
  return tenant;
}

const remove = (tenant: string, email: string, at = 'now()') =>
  given.rows(tenant, `update customers set deleted_at = ${at}, version = version + 1 where email = $1`, [
    email,
  ]);

describe('a row', () => {
  test('is matched by the first of its keys that hits: id, number, external id, e-mail', async () => {
    const tenant = await tenantOf(twoCustomers);
    const { id } = await given.customer(tenant, 'bob@example.com');
    const run = await given.import(
      tenant,
      `id,number,external_id,email,job_title\n,A-1,,,by number\n${id},,,bob@example.com,by id\n`,
    );
    expect(await given.outcomes(run)).toEqual(['updated', 'updated']);
    expect(await given.column(tenant, 'job_title')).toEqual({
      'ann@example.com': 'by number',
      'bob@example.com': 'by id',
    });
  });

  test('whose first key hits nothing is matched by the next, and brings the first along', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,Ann\n');
    const run = await given.import(tenant, 'external_id,email\nx9,ann@example.com\n');
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect((await given.customer(tenant, 'ann@example.com')).external_id).toBe('x9');
  });

  test('whose keys mean two records is a conflict that names what they mean', async () => {
    const tenant = await tenantOf(twoCustomers);
    const run = await given.import(tenant, 'external_id,email\nx1,bob@example.com\n');
    expect(await given.outcomes(run)).toEqual(['failed match.conflict']);
    expect((await given.problems(run))[0]?.details).toEqual({
      found: 'External ID x1, Email bob@example.com',
    });
  });

  test('is matched by e-mail in any case', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,Ann\n');
    const run = await given.import(tenant, 'email,first_name\nANN@Example.COM,Ann\n');
    expect(await given.outcomes(run)).toEqual(['unchanged']);
  });

  test('is matched by the keys that the run names and by no other', async () => {
    const tenant = await tenantOf(twoCustomers);
    const run = await given.import(tenant, 'external_id,email\nx1,ann.new@example.com\n', {
      match: ['external_id'],
    });
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect(Object.keys(await given.column(tenant, 'number'))).toEqual([
      'ann.new@example.com',
      'bob@example.com',
    ]);
  });

  test('is matched by phone when asked, whatever the spelling of the number', async () => {
    const tenant = await tenantOf('email,first_name,phone\nann@example.com,Ann,+44 20 7946 0000\n');
    const run = await given.import(tenant, 'phone,job_title\n(+44) 2079 460000,Dean\n', {
      match: ['phone'],
      require: [],
    });
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect((await given.customer(tenant, 'ann@example.com')).job_title).toBe('Dean');
  });

  test('whose phone several records have is a conflict', async () => {
    const tenant = await tenantOf(
      'email,first_name,phone\nann@example.com,Ann,+442079460000\nbob@example.com,Bob,+442079460000\n',
    );
    const run = await given.import(tenant, 'phone,job_title\n+442079460000,Dean\n', {
      match: ['phone'],
      require: [],
    });
    expect(await given.outcomes(run)).toEqual(['failed match.conflict']);
  });

  test('without any key is created, and the check says how many there are', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\n,Ann\n,Ann\nbob@example.com,Bob\n', {
      require: [],
    });
    expect(await given.outcomes(run)).toEqual(['created', 'created', 'created']);
    expect(run.report?.withoutKey).toBe(2);
  });

  test('that will not be created does not count as one without a key', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\n,Ann\nbob@example.com,Bob\n');
    expect(await given.outcomes(run)).toEqual(['failed value.required', 'created']);
    expect(run.report?.withoutKey).toBe(0);
  });

  test.each([
    ['a phone that is none', 'phone,first_name\n12345,Ann\n+442079460000,Bob\n', ['phone']],
    [
      'an id that nobody has',
      'id,email,first_name\n01890000-0000-7000-8000-000000000000,,Ann\n,b@example.com,Bob\n',
      undefined,
    ],
  ])(
    'whose only key is %s counts as one without a key, since it would be created again',
    async (_, text, match) => {
      const tenant = await given.tenant();
      const asked = { require: [], ...(match === undefined ? {} : { match }) };
      expect((await given.import(tenant, text, asked)).report?.withoutKey).toBe(1);
      expect(await given.import(tenant, text, asked)).toMatchObject({ created: 1, unchanged: 1 });
    },
  );

  test('whose id nobody has is created with an id of its own', async () => {
    const tenant = await given.tenant();
    const stranger = '01890000-0000-7000-8000-000000000000';
    const run = await given.import(tenant, `id,email,first_name\n${stranger},ann@example.com,Ann\n`);
    expect(await given.outcomes(run)).toEqual(['created']);
    expect((await given.customer(tenant, 'ann@example.com')).id).not.toBe(stranger);
  });
});

describe('a deleted record', () => {
  test('comes back when a row matches it', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,Ann\n');
    await remove(tenant, 'ann@example.com');
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Anna\n');
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Anna',
      deleted_at: null,
      deleted_by: null,
    });
  });

  test('comes back though the row changes nothing else', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,Ann\n');
    await remove(tenant, 'ann@example.com');
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect((await given.customer(tenant, 'ann@example.com')).deleted_at).toBeNull();
  });

  test('is left alone when the run says so', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,Ann\n');
    await remove(tenant, 'ann@example.com');
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Anna\n', { deleted: 'skip' });
    expect(await given.outcomes(run)).toEqual(['skipped skip.deleted']);
  });

  test('stands behind a live one, though by an earlier key', async () => {
    const tenant = await tenantOf(twoCustomers);
    await remove(tenant, 'ann@example.com');
    const run = await given.import(tenant, 'number,email,job_title\nA-1,bob@example.com,Dean\n');
    expect(await given.outcomes(run)).toEqual(['updated']);
    expect(await given.column(tenant, 'job_title')).toEqual({
      'ann@example.com': null,
      'bob@example.com': 'Dean',
    });
  });

  test('is the one deleted last where there are several', async () => {
    const tenant = await tenantOf('email,first_name\nann@example.com,First\n');
    await remove(tenant, 'ann@example.com', `'2020-01-01'`);
    await given.import(tenant, 'external_id,email,first_name\nx2,ann@example.com,Second\n', {
      match: ['external_id'],
    });
    await remove(tenant, 'ann@example.com', `coalesce(deleted_at, '2021-01-01')`);
    await given.import(tenant, 'external_id,email,first_name\nx3,ann@example.com,Third\n', {
      match: ['external_id'],
    });
    await remove(tenant, 'ann@example.com', `coalesce(deleted_at, '2019-01-01')`);
    await given.import(tenant, 'email,job_title\nann@example.com,Dean\n');
    const rows = await given.rows(
      tenant,
      'select first_name, deleted_at is null as live from customers order by first_name',
    );
    expect(rows).toEqual([
      { first_name: 'First', live: false },
      { first_name: 'Second', live: true },
      { first_name: 'Third', live: false },
    ]);
  });

  test('does not come back when a live record has one of its values by now', async () => {
    const tenant = await tenantOf('email,external_id,first_name\nann@example.com,x1,Ann\n');
    await remove(tenant, 'ann@example.com');
    await given.import(tenant, 'email,external_id,first_name\nnew@example.com,x1,New\n', {
      match: ['email'],
    });
    const run = await given.import(tenant, 'email,job_title\nann@example.com,Dean\n');
    expect(await given.outcomes(run)).toEqual(['failed unique.taken']);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'external_id',
      label: 'External ID',
      value: 'x1',
    });
  });

  test('comes back with another value where its own was taken', async () => {
    const tenant = await tenantOf('email,external_id,first_name\nann@example.com,x1,Ann\n');
    await remove(tenant, 'ann@example.com');
    await given.import(tenant, 'email,external_id,first_name\nnew@example.com,x1,New\n', {
      match: ['email'],
    });
    const run = await given.import(tenant, 'email,external_id\nann@example.com,x2\n', { match: ['email'] });
    expect(await given.outcomes(run)).toEqual(['updated']);
  });

  test('does not come back beside another that has the same value and comes back too', async () => {
    const tenant = await tenantOf('number,email,external_id,first_name\nN-1,ann@example.com,x1,Ann\n');
    await remove(tenant, 'ann@example.com');
    await given.import(tenant, 'number,email,external_id,first_name\nN-2,bob@example.com,x1,Bob\n', {
      match: ['number'],
    });
    await remove(tenant, 'bob@example.com');
    const run = await given.import(tenant, 'number,job_title\nN-1,Dean\nN-2,Dean\n');
    expect(await given.outcomes(run)).toEqual(['failed duplicate.in_file', 'failed duplicate.in_file']);
  });

  test('does not come back beside a new record that gets one of its values in the same file', async () => {
    const tenant = await tenantOf('number,email,username,first_name\nN-1,ann@example.com,Ann,Ann\n');
    await remove(tenant, 'ann@example.com');
    const run = await given.import(
      tenant,
      'number,email,username,first_name\nN-1,,,Anna\n,new@example.com,ANN,New\n',
    );
    expect(await given.outcomes(run)).toEqual(['failed duplicate.in_file', 'failed duplicate.in_file']);
  });
});
