/**
 * A large file is checked by joining whole tables, and in two steps where most rows mean customers who are there. It
 * must come to what looking up each row comes to.
 */
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3, lookupRowsMax: 0 });

const people =
  'number,external_id,email,first_name,job_title\nA-1,x1,ann@example.com,Ann,Dean\nB-2,x2,bob@example.com,Bob,Dean\nC-3,x3,cy@example.com,Cy,Dean\nD-4,,dee@example.com,Dee,Dean\n';

async function peopled(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, people);
  return tenant;
}

describe('a large file', () => {
  test('that comes a second time changes nothing', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, people);
    expect(run).toMatchObject({ created: 0, updated: 0, unchanged: 4, skipped: 0, failed: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('most of whose rows mean customers who are there, each by all of its keys, has others too', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'external_id,email,first_name,job_title\n' +
        'x1,ann@example.com,Ann,Dean\nx2,bob@example.com,Bob,Rector\nx3,,Cy,Dean\nx2,ann@example.com,Ann,Dean\n' +
        'x4,dee@example.com,Dee,Dean\n,bob@example.com,Rob,Rector\nx1,ann.new@example.com,Ann,Dean\nx9,new@example.com,New,\n',
      { duplicates: 'first' },
    );
    expect(await given.outcomes(run)).toEqual([
      'unchanged',
      'updated',
      'unchanged',
      'failed match.conflict',
      'updated',
      'skipped skip.duplicate',
      'skipped skip.duplicate',
      'created',
    ]);
    expect((await given.problems(run))[0]?.details).toEqual({
      found: 'External ID x2, Email ann@example.com',
    });
    expect(await given.column(tenant, 'external_id')).toMatchObject({ 'dee@example.com': 'x4' });
  });

  test('finds a deleted customer again, and no longer by a key that a live one has', async () => {
    const tenant = await peopled();
    await given.rows(
      tenant,
      `update customers set deleted_at = now(), version = version + 1 where external_id in ('x2', 'x3')`,
    );
    await given.import(tenant, 'external_id,email,first_name\nx2,kit@example.com,Kit\n', { mode: 'create' });
    const run = await given.import(
      tenant,
      'external_id,email,first_name\nx1,ann@example.com,Ann\nx2,kit@example.com,Kit\nx3,cy@example.com,Cy\n,dee@example.com,Dee\n',
    );
    expect(await given.outcomes(run)).toEqual(['unchanged', 'unchanged', 'updated', 'unchanged']);
    expect((await given.customer(tenant, 'cy@example.com')).deleted_at).toBeNull();
  });

  test('changes the address that is shown, the default one or the first of the others', async () => {
    const tenant = await given.tenant();
    const content = (city: string): string =>
      `email,first_name,city\na@example.com,Ann,${city}\nb@example.com,Bob,${city}\nc@example.com,Cy,\n`;
    await given.import(tenant, content('Leeds'));
    await given.import(
      tenant,
      'customer,address_line1,city,country,is_default_billing\na@example.com,2 Side Street,York,UK,no\nb@example.com,2 Side Street,York,UK,yes\nb@example.com,3 Side Street,Hull,UK,no\n',
      { dataset: 'addresses' },
    );
    await given.rows(
      tenant,
      `update customer_addresses set is_default_billing = false, is_default_shipping = false
       where customer_id = (select id from customers where email = 'a@example.com')`,
    );
    const shown = await given.import(
      tenant,
      'email,city\na@example.com,Leeds\nb@example.com,York\nc@example.com,\n',
    );
    expect(await given.outcomes(shown)).toEqual(['unchanged', 'unchanged', 'unchanged']);
    const moved = await given.import(
      tenant,
      'email,city\na@example.com,Derby\nb@example.com,Derby\nc@example.com,Derby\n',
    );
    expect(moved).toMatchObject({ updated: 3, failed: 0 });
    const cities = await given.rows(tenant, 'select city from customer_addresses order by city');
    expect(cities.map(({ city }) => city)).toEqual(['Derby', 'Derby', 'Derby', 'Hull', 'Leeds', 'York']);
  });

  test('by phone, which several customers may share, is checked in one step', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,phone\na@example.com,Ann,+442079460000\nb@example.com,Bob,+442079460000\nc@example.com,Cy,+442079460001\n',
    );
    const run = await given.import(
      tenant,
      'phone,first_name\n+442079460001,Cyril\n+442079460000,Ann\n+442079460002,New\n',
      { match: ['phone'], require: [] },
    );
    expect(await given.outcomes(run)).toEqual(['updated', 'failed match.conflict', 'created']);
  });
});
