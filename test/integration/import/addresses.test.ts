/** The dataset of addresses: many for a customer, found by customer and place, with one default of each kind. */
import { describe, expect, test } from 'vitest';
import type { ImportRun } from '../../../src/import/run.ts';
import type { Asked } from '../../support/import.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

const header = 'customer,address_line1,city,country_code,is_default_billing,is_default_shipping\n';
/** `street` with B for the default of billing and S of shipping. */
const address = (street: string, flags = '', customer = 'ann@example.com'): string =>
  `${customer},${street},York,GB,${flags.includes('B') ? 'yes' : 'no'},${flags.includes('S') ? 'yes' : 'no'}\n`;

async function tenantWithAnn(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(
    tenant,
    'email,first_name,number,external_id\nann@example.com,Ann,N-1,x1\nbob@example.com,Bob,N-2,x2\n',
  );
  return tenant;
}

const importAddresses = (tenant: string, content: string, asked: Asked = {}): Promise<ImportRun> =>
  given.import(tenant, content, { dataset: 'addresses', ...asked });

/** The addresses as `street flags`, those of all customers. */
async function addresses(tenant: string): Promise<string[]> {
  const rows = await given.rows(
    tenant,
    `select line1 || case when is_default_billing or is_default_shipping then ' ' else '' end
       || case when is_default_billing then 'B' else '' end || case when is_default_shipping then 'S' else '' end as address
     from customer_addresses order by line1`,
  );
  return rows.map((row) => String(row.address));
}

describe('an address', () => {
  test.each(['ann@example.com', 'N-1', 'x1'])('finds its customer by %s', async (customer) => {
    const tenant = await tenantWithAnn();
    const run = await importAddresses(tenant, header + address('1 High St', '', customer));
    expect(await given.outcomes(run)).toEqual(['created']);
    const [row] = await given.rows(
      tenant,
      'select email from customers c join customer_addresses a on a.customer_id = c.id',
    );
    expect(row?.email).toBe('ann@example.com');
  });

  test('finds its customer by id', async () => {
    const tenant = await tenantWithAnn();
    const { id } = await given.customer(tenant, 'bob@example.com');
    expect((await importAddresses(tenant, header + address('1 High St', '', String(id)))).created).toBe(1);
  });

  test('of a customer who is not there is a problem, and so is one without a place', async () => {
    const tenant = await tenantWithAnn();
    const run = await importAddresses(
      tenant,
      `${header}nobody@example.com,1 High St,York,GB,,\nann@example.com,,York,GB,,\nann@example.com,1 High St,,GB,,\nann@example.com,1 High St,York,,,\n,1 High St,York,GB,,\n`,
    );
    expect((await given.problems(run)).map(({ code, field }) => `${code} ${field}`)).toEqual([
      'reference.not_found customer',
      'value.required address_line1',
      'value.required city',
      'value.required country',
      'value.required customer',
    ]);
  });

  test('is found again by customer and place, in any case', async () => {
    const tenant = await tenantWithAnn();
    const content =
      header + address('1 High St', 'BS') + address('2 Low St') + address('3 Mid St', '', 'bob@example.com');
    await importAddresses(tenant, content);
    expect((await importAddresses(tenant, content)).unchanged).toBe(3);
    const louder = await importAddresses(tenant, content.replaceAll('St,', 'ST,'));
    expect(louder).toMatchObject({ created: 0, updated: 3, unchanged: 0 });
  });

  test('is found again though its customer is named in another way', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St'));
    expect((await importAddresses(tenant, header + address('1 High St', '', 'N-1'))).unchanged).toBe(1);
  });

  test('that stands twice in the file, its customer named in two ways, is one', async () => {
    const tenant = await tenantWithAnn();
    const run = await importAddresses(tenant, header + address('1 High St') + address('1 HIGH ST', '', 'x1'));
    expect(await given.outcomes(run)).toEqual(['skipped skip.duplicate', 'created']);
  });

  test('changes what the file says beside its place', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St'));
    const run = await importAddresses(
      tenant,
      'customer,address_line1,city,country,label,recipient_name\nann@example.com,1 High St,York,France,Home,Ann Lee\n',
    );
    expect(await given.outcomes(run)).toEqual(['updated']);
    const rows = await given.rows(
      tenant,
      'select label, recipient_name, country, country_code from customer_addresses',
    );
    expect(rows).toEqual([
      { label: 'Home', recipient_name: 'Ann Lee', country: 'France', country_code: 'FR' },
    ]);
  });

  test('is taken away by undo, and given back what it had', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St', 'B'));
    const before = await given.digestOf(tenant);
    const run = await importAddresses(
      tenant,
      'customer,address_line1,city,country_code,label\nann@example.com,1 High St,York,GB,Home\nann@example.com,2 Low St,York,GB,\n',
    );
    expect(run).toMatchObject({ created: 1, updated: 1 });
    expect((await given.undo(run)).undoReport).toEqual({ removed: 1, restored: 1, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });
});

describe('a default', () => {
  test('passes from the address that has it to the one that claims it, and back by undo', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(
      tenant,
      header + address('1 High St', 'BS') + address('9 Bob St', 'BS', 'bob@example.com'),
    );
    const before = await given.digestOf(tenant);
    const run = await importAddresses(tenant, header + address('2 Low St', 'B'));
    expect(await addresses(tenant)).toEqual(['1 High St S', '2 Low St B', '9 Bob St BS']);
    await given.undo(run);
    expect(await addresses(tenant)).toEqual(['1 High St BS', '9 Bob St BS']);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('passes between two addresses of the same file, in any order', async () => {
    for (const swapped of [
      [address('1 High St', ''), address('2 Low St', 'BS')],
      [address('2 Low St', 'BS'), address('1 High St', '')],
    ]) {
      const tenant = await tenantWithAnn();
      await importAddresses(tenant, header + address('1 High St', 'BS') + address('2 Low St', ''));
      const before = await given.digestOf(tenant);
      const run = await importAddresses(tenant, header + swapped.join(''));
      expect(run).toMatchObject({ updated: 2, failed: 0 });
      expect(await addresses(tenant)).toEqual(['1 High St', '2 Low St BS']);
      await given.undo(run);
      expect(await given.digestOf(tenant)).toBe(before);
    }
  });

  test('of billing and one of shipping can change places, within a chunk and across chunks', async () => {
    for (const between of [[], [address('3 Mid St'), address('4 Far St')]]) {
      const tenant = await tenantWithAnn();
      await importAddresses(
        tenant,
        header + address('1 High St', 'B') + address('2 Low St', 'S') + between.join(''),
      );
      const before = await given.digestOf(tenant);
      const run = await importAddresses(
        tenant,
        header + address('1 High St', 'S') + between.join('') + address('2 Low St', 'B'),
      );
      expect(run).toMatchObject({ updated: 2, unchanged: between.length, failed: 0 });
      expect((await addresses(tenant)).slice(0, 2)).toEqual(['1 High St S', '2 Low St B']);
      await given.undo(run);
      expect(await given.digestOf(tenant)).toBe(before);
    }
  });

  test('is given up by an address whose own row says nothing of it', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St', 'B') + address('2 Low St'));
    const before = await given.digestOf(tenant);
    const run = await importAddresses(
      tenant,
      'customer,address_line1,city,country_code,label,is_default_billing\n' +
        'ann@example.com,3 Mid St,York,GB,New,\nann@example.com,2 Low St,York,GB,Second,yes\nann@example.com,1 High St,York,GB,First,\n',
    );
    expect(run).toMatchObject({ created: 1, updated: 2, failed: 0 });
    expect(await addresses(tenant)).toEqual(['1 High St', '2 Low St B', '3 Mid St']);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('that two rows claim for one customer is a problem of both', async () => {
    const tenant = await tenantWithAnn();
    const run = await importAddresses(
      tenant,
      header +
        address('1 High St', 'B') +
        address('2 Low St', 'B', 'N-1') +
        address('9 Bob St', 'B', 'bob@example.com'),
    );
    expect(await given.outcomes(run)).toEqual([
      'failed duplicate.in_file',
      'failed duplicate.in_file',
      'created',
    ]);
    expect((await given.problems(run))[1]?.details).toEqual({
      field: 'is_default_billing',
      label: 'Default Billing',
      value: 'N-1',
      rows: '1, 2',
    });
  });

  test('is claimed by the row of the address that has it, too', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St', 'B'));
    const run = await importAddresses(tenant, header + address('1 High St', 'B') + address('2 Low St', 'B'));
    expect(await given.outcomes(run)).toEqual(['failed duplicate.in_file', 'failed duplicate.in_file']);
  });

  test('that passed on again since does not come back by undo', async () => {
    const tenant = await tenantWithAnn();
    await importAddresses(tenant, header + address('1 High St', 'B'));
    const second = await importAddresses(tenant, header + address('2 Low St', 'B'));
    await importAddresses(tenant, header + address('3 Mid St', 'B'));
    const undone = await given.undo(second);
    expect(await addresses(tenant)).toEqual(['1 High St', '2 Low St', '3 Mid St B']);
    expect(undone.undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 2 });
    expect((await given.problems(undone)).map(({ code }) => code).sort()).toEqual([
      'undo.changed_since',
      'undo.kept',
    ]);
  });
});

describe('an address and its customer', () => {
  test('are undone in any order of their imports', async () => {
    const tenant = await tenantWithAnn();
    const before = await given.digestOf(tenant);
    const first = await importAddresses(tenant, header + address('1 High St', 'B'));
    const second = await given.import(tenant, 'email,city,job_title\nann@example.com,Hull,Dean\n');
    expect((await given.undo(first)).undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
    await given.undo(second);
    expect(await addresses(tenant)).toEqual(['1 High St B']);

    const third = await importAddresses(tenant, header + address('2 Low St', 'S'));
    const fourth = await given.import(tenant, 'email,address_line2\nann@example.com,Flat 1\n');
    await given.undo(fourth);
    expect((await given.undo(third)).undoReport).toEqual({ removed: 1, restored: 0, leftAlone: 0 });
    await given.rows(tenant, 'delete from customer_addresses');
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('stay when the customer’s import is undone and the address came by another', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    await importAddresses(tenant, header + address('1 High St'));
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
  });

  test('stay when the address that the customer came with was changed since', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      'email,first_name,address_line1,city,country_code\nann@example.com,Ann,1 High St,York,GB\n',
    );
    const change = await importAddresses(
      tenant,
      'customer,address_line1,city,country_code,label\nann@example.com,1 High St,York,GB,Home\n',
    );
    expect(change.updated).toBe(1);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
  });
});

describe('a file of addresses that names no customer', () => {
  test('fails row by row, with the field that is missing, whatever its duplicates', async () => {
    const tenant = await given.tenant();
    for (const duplicates of ['last', 'merge'] as const) {
      const run = await given.import(
        tenant,
        '{"line1":"1 High Street","city":"York"}\n{"line1":"2 High Street","city":"York"}\n',
        {
          dataset: 'addresses',
          fileName: 'addresses.ndjson',
          duplicates,
        },
      );
      expect(run, JSON.stringify(run.failure)).toMatchObject({ state: 'done', created: 0, failed: 2 });
    }
  });
});
