/** What a row writes to a record that is there: blank cells, and the write rule of each field. */
import { describe, expect, test } from 'vitest';
import type { Asked } from '../../support/import.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const ann =
  'email,first_name,last_name,job_title,tags,groups,note,status,city,country,paying_org,phone\n' +
  'ann@example.com,Ann,Lee,Dean,"a,b","G1,G2",First note,lead,Leeds,France,Org,+442079460000\n';

async function rewrite(content: string, asked: Asked = {}) {
  const tenant = await given.tenant();
  await given.import(tenant, ann);
  const run = await given.import(tenant, content, asked);
  expect(run.failed).toBe(0);
  return { tenant, run, customer: await given.customer(tenant, 'ann@example.com') };
}

const blank =
  'email,job_title,tags,groups,note,status,city,country,paying_org,phone\nann@example.com,,,,,,,,,\n';

describe('a blank cell', () => {
  test('leaves what is there', async () => {
    const { run } = await rewrite(blank);
    expect(await given.outcomes(run)).toEqual(['unchanged']);
  });

  test('clears what is there when the run says so: to nothing, or to the default', async () => {
    const { run, customer } = await rewrite(blank, { empty: 'clear' });
    expect(customer).toMatchObject({
      job_title: null,
      tags: [],
      groups: null,
      notes: ['First note'],
      status: 'active',
      city: null,
      country: null,
      country_code: null,
      paying_org: null,
      phone: null,
      phone_e164: null,
    });
    expect(run.report?.changed).toEqual({
      city: 1,
      country: 1,
      country_code: 1,
      groups: 1,
      job_title: 1,
      paying_org: 1,
      phone: 1,
      status: 1,
      tags: 1,
    });
  });

  test('clears nothing that has no column', async () => {
    const { customer } = await rewrite('email,job_title\nann@example.com,\n', { empty: 'clear' });
    expect(customer).toMatchObject({ job_title: null, first_name: 'Ann', city: 'Leeds', tags: ['a', 'b'] });
  });

  test('does not take from a customer what every customer must have', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,type,company_name\ninfo@example.com,company,Acme\n');
    const run = await given.import(tenant, 'email,company_name\ninfo@example.com,\n', { empty: 'clear' });
    expect(await given.outcomes(run)).toEqual(['failed value.required']);
    expect((await given.problems(run))[0]?.details).toEqual({ field: 'company_name', label: 'Company Name' });
  });

  test('of the full name leaves the names', async () => {
    const { run } = await rewrite('email,name\nann@example.com,\n', { empty: 'clear' });
    expect(run.unchanged).toBe(1);
  });
});

describe('the write rule', () => {
  test('overwrite is what holds for a field without one', async () => {
    const { customer } = await rewrite(
      'email,job_title,tags,groups,city\nann@example.com,Rector,c,G3,York\n',
    );
    expect(customer).toMatchObject({ job_title: 'Rector', tags: ['c'], groups: ['G3'], city: 'York' });
  });

  test('fill writes only what is blank', async () => {
    const { run, customer } = await rewrite(
      'email,job_title,website,tags,languages,groups,city,postal_code,status\nann@example.com,Rector,https://ann.example,c,fr,G3,York,LS1,active\n',
      {
        write: ['job_title', 'website', 'tags', 'languages', 'groups', 'city', 'postal_code', 'status'].map(
          (field) => `${field}=fill`,
        ),
      },
    );
    expect(customer).toMatchObject({
      job_title: 'Dean',
      website: 'https://ann.example',
      tags: ['a', 'b'],
      languages: ['fr'],
      groups: ['G1', 'G2'],
      city: 'Leeds',
      postal_code: 'LS1',
      status: 'lead',
    });
    expect(Object.keys(run.report?.changed ?? {}).sort()).toEqual(['languages', 'postal_code', 'website']);
  });

  test('never writes nothing to a record that is there, and a new one still gets its value', async () => {
    const { tenant, customer } = await rewrite(
      'email,first_name,job_title,note\nann@example.com,Ann,Rector,Second\nbob@example.com,Bob,Rector,\n',
      { write: ['job_title=never', 'note=never'] },
    );
    expect(customer).toMatchObject({ job_title: 'Dean', notes: ['First note'] });
    expect((await given.customer(tenant, 'bob@example.com')).job_title).toBe('Rector');
  });

  test('add puts what is new behind what is there', async () => {
    const { customer } = await rewrite('email,tags,groups\nann@example.com,"c,a","G3,G1"\n', {
      write: ['tags=add', 'groups=add'],
    });
    expect(customer).toMatchObject({ tags: ['a', 'b', 'c'], groups: ['G1', 'G2', 'G3'] });
  });

  test('add changes nothing when all is there', async () => {
    const { run } = await rewrite('email,tags,groups\nann@example.com,"b,a",G2\n', {
      write: ['tags=add', 'groups=add'],
    });
    expect(run.unchanged).toBe(1);
  });

  test('clear empties the field whatever the cell says, in a new record too', async () => {
    const { tenant, customer } = await rewrite(
      'email,first_name,job_title,tags,groups,phone,status\nann@example.com,Ann,Rector,c,G3,+4420,guest\nbob@example.com,Bob,Rector,c,G3,+442079460000,guest\n',
      { write: ['job_title', 'tags', 'groups', 'phone', 'status'].map((field) => `${field}=clear`) },
    );
    const cleared = {
      job_title: null,
      tags: [],
      groups: null,
      phone: null,
      phone_e164: null,
      status: 'active',
    };
    expect(customer).toMatchObject(cleared);
    expect(await given.customer(tenant, 'bob@example.com')).toMatchObject(cleared);
    expect(await given.rows(tenant, 'select name from customer_groups order by name')).toEqual([
      { name: 'G1' },
      { name: 'G2' },
    ]);
  });

  test('of a full name holds for the names in it', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,name\nann@example.com,Ann\n');
    await given.import(tenant, 'email,name\nann@example.com,Anna Lee\n', { write: ['name=never'] });
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Ann',
      last_name: null,
    });
    await given.import(tenant, 'email,name\nann@example.com,Anna Lee\n', { write: ['name=fill'] });
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Ann',
      last_name: 'Lee',
    });
  });
});

test('the check says which fields change in how many records, with samples of before and after', async () => {
  const { run } = await rewrite('email,job_title,city\nann@example.com,Rector,Leeds\n');
  expect(run.report).toMatchObject({
    changed: { job_title: 1 },
    samples: [{ row: 1, before: { job_title: 'Dean' }, after: { job_title: 'Rector' } }],
  });
});

test('the second import of the same file finds every row unchanged', async () => {
  const { run } = await rewrite(ann);
  expect(await given.outcomes(run)).toEqual(['unchanged']);
});
