import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { archiveCustomers, unarchiveCustomers } from '../../../src/customers/archive.ts';
import { deleteCustomers, restoreCustomers } from '../../../src/customers/delete.ts';
import { importBatch } from '../../../src/import/batch/batch.ts';
import { loadRun } from '../../../src/import/run.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

type Do = typeof archiveCustomers;

/** A tenant with customers a, b, c … @returns the tenant, their ids and the run that made them. */
async function people(...names: string[]) {
  const tenant = await given.tenant();
  const rows = names.map((name) => ({
    email: `${name}@example.com`,
    first_name: name,
    external_id: `x-${name}`,
    status: 'lead',
  }));
  const made = await importBatch(given.database, {
    tenantId: tenant,
    by: null,
    dataset: 'customers',
    source: 'bulk',
    rows,
  });
  return { tenant, ids: made.outcomes.map(({ id }) => id as string), importId: made.importId };
}

const by = newId();

const to = <T>(
  doIt: (database: typeof given.database, named: Parameters<Do>[1]) => Promise<T>,
  tenantId: string,
  ...names: string[]
) => doIt(given.database, { tenantId, by, names });

const named = (customers: readonly { name: string }[]): string[] => customers.map(({ name }) => name);

describe('archiving a selection', () => {
  test('keeps the earlier status, who and when, and takes only those that are not archived', async () => {
    const { tenant, ids } = await people('a', 'b', 'c');
    const [first] = [await to(archiveCustomers, tenant, ids[1] as string)];
    expect(first).toEqual({
      requested: 1,
      customers: [{ id: ids[1], name: 'b' }],
      unchanged: [],
      notFound: [],
    });
    const result = await to(
      archiveCustomers,
      tenant,
      'x-c',
      'CUST-000001',
      ids[1] as string,
      'nobody',
      'x-c',
    );
    expect(result).toEqual({
      requested: 5,
      customers: [
        { id: ids[2], name: 'c' },
        { id: ids[0], name: 'a' },
      ],
      unchanged: [{ id: ids[1], name: 'b' }],
      notFound: ['nobody'],
    });
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      status: 'archived',
      status_before_archive: 'lead',
      archived_by: by,
      archived_at: expect.anything(),
      version: 2,
    });
  });

  test('is taken back to the status that each had', async () => {
    const { tenant } = await people('a', 'b');
    await to(archiveCustomers, tenant, 'x-a');
    const result = await to(unarchiveCustomers, tenant, 'x-a', 'x-b');
    expect(named(result.customers)).toEqual(['a']);
    expect(named(result.unchanged)).toEqual(['b']);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      status: 'lead',
      status_before_archive: null,
      archived_at: null,
      archived_by: null,
    });
  });

  test('writes field history and one entry of the trail, which holds', async () => {
    const { tenant, ids } = await people('a', 'b');
    await to(archiveCustomers, tenant, 'x-a', 'x-b');
    await to(deleteCustomers, tenant, 'x-b');
    const [change] = await given.rows(
      tenant,
      `select import_id, before ->> 'status' as before, after ->> 'status' as after, changed_by from changes
       where operation_id is not null and record_id = $1`,
      [ids[0]],
    );
    expect(change).toEqual({ import_id: null, before: 'lead', after: 'archived', changed_by: by });
    const [entry] = await given.rows(
      tenant,
      `select actor, detail from audit_entries where action = 'customers.archive'`,
    );
    expect(entry).toMatchObject({ actor: by, detail: { customers: 2 } });
    expect(await given.within(tenant, verifyAudit)).toMatchObject({ changes: 3, faults: [] });
    await given.database.asOwner(async (owner) => {
      await owner.query('alter table changes no force row level security');
      await owner.query(`delete from changes where record_id = '${ids[0]}'`);
      await owner.query('alter table changes force row level security');
    });
    const { faults } = await given.within(tenant, verifyAudit);
    expect(faults.map(({ says }) => says)).toEqual([
      expect.stringContaining('are not those it was written for'),
    ]);
  });

  test('writes nothing, and no entry, when nobody is in the right state', async () => {
    const { tenant } = await people('a');
    const result = await to(unarchiveCustomers, tenant, 'x-a', 'nobody');
    expect(result.customers).toEqual([]);
    expect(await given.rows(tenant, `select from audit_entries where action like 'customers.%'`)).toEqual([]);
  });

  test('of 500 goes at once, and twice at the same time changes each once', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `n${i}`);
    const { tenant, ids } = await people(...names);
    const [one, other] = await Promise.all([
      to(archiveCustomers, tenant, ...ids),
      to(archiveCustomers, tenant, ...ids.toReversed()),
    ]);
    expect(one.customers.length + other.customers.length).toBe(500);
    const versions = await given.rows(tenant, 'select distinct version from customers');
    expect(versions).toEqual([{ version: 2 }]);
  });

  test('cannot reach another tenant', async () => {
    const [mine, theirs] = [await people('a'), await people('b')];
    const result = await to(archiveCustomers, mine.tenant, ...theirs.ids, 'x-b');
    expect(result).toMatchObject({ customers: [], notFound: [theirs.ids[0], 'x-b'] });
    expect(await given.customer(theirs.tenant, 'b@example.com')).toMatchObject({ status: 'lead' });
  });

  test('stands in the way of undoing the import that made them', async () => {
    const { tenant, importId } = await people('a', 'b');
    await to(archiveCustomers, tenant, 'x-a');
    await given.undo(await given.within(tenant, (tx) => loadRun(tx, importId)));
    expect(await given.column(tenant, 'status')).toEqual({ 'a@example.com': 'archived' });
  });
});

describe('deleting a selection', () => {
  test('hides each once, and restoring brings it back as it was', async () => {
    const { tenant, ids } = await people('a', 'b');
    const before = await given.customer(tenant, 'a@example.com');
    expect(named((await to(deleteCustomers, tenant, 'x-a')).customers)).toEqual(['a']);
    expect((await to(deleteCustomers, tenant, 'x-a', ids[0] as string)).notFound).toEqual(['x-a', ids[0]]);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      deleted_by: by,
      deleted_at: expect.anything(),
    });
    const restored = await to(restoreCustomers, tenant, 'CUST-000001', 'x-b');
    expect(restored).toEqual({
      requested: 2,
      customers: [{ id: ids[0], name: 'a' }],
      unchanged: [],
      notFound: ['x-b'],
      refused: [],
    });
    expect(await given.customer(tenant, 'a@example.com')).toEqual({
      ...before,
      version: 3,
      updated_at: expect.anything(),
      updated_by: by,
    });
    expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  });

  test('frees the e-mail; one whose e-mail was taken since stays deleted, with the reason', async () => {
    const { tenant, ids } = await people('a', 'b');
    await to(deleteCustomers, tenant, ...ids);
    await given.rows(tenant, `update customers set external_id = null`);
    await importBatch(given.database, {
      tenantId: tenant,
      by: null,
      dataset: 'customers',
      source: 'bulk',
      rows: [{ email: 'a@example.com', first_name: 'New' }],
      deleted: 'skip',
      match: ['number'],
    });
    const result = await to(restoreCustomers, tenant, ...ids);
    expect(named(result.customers)).toEqual(['b']);
    expect(result.refused).toEqual([
      {
        id: ids[0],
        name: 'a',
        field: 'email',
        reason: 'Email "a@example.com" belongs to another customer by now.',
      },
    ]);
  });

  test('of two deleted with one e-mail restores the first that is named', async () => {
    const { tenant, ids } = await people('a', 'b');
    await to(deleteCustomers, tenant, ...ids);
    await given.rows(tenant, `update customers set email = 'one@example.com'`);
    const result = await to(restoreCustomers, tenant, ids[1] as string, ids[0] as string);
    expect(named(result.customers)).toEqual(['b']);
    expect(named(result.refused)).toEqual(['a']);
  });
});
