/** Runs that take out what changed: nothing is ever missed, and what is gone is listed. */
import { describe, expect, test } from 'vitest';
import { deleteCustomers, restoreCustomers } from '../../../src/customers/delete.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { loadExport } from '../../../src/export/history.ts';
import { changeSchedule } from '../../../src/export/schedules/write-schedule.ts';
import { changeCustomField, defineCustomField } from '../../../src/tenants/custom-fields/define.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { operator, useSchedules } from './schedule-support.ts';

const given = useSchedules();

const people = (...names: string[]): string =>
  `Customer Number,Email,First Name,Groups,Segment\n${names.map((name) => `${name},${name}@example.com,${name},,new`).join('\n')}\n`;

async function tenantOf(...names: string[]): Promise<string> {
  const tenant = await given.tenant();
  expect((await given.import(tenant, people(...names))).created).toBe(names.length);
  return tenant;
}

interface Taken {
  readonly contents: string | undefined;
  readonly records: string[];
  readonly gone: string[];
}

/**
 * Whatever is open when a run looks is taken again by the next one, also what is open in the databases of other tests. So
 * that a test can say exactly what it expects, everything that was begun has ended first.
 */
async function settled(): Promise<void> {
  const { app } = given.database;
  const { rows } = await app.query('select pg_current_xact_id()::text as last');
  for (;;) {
    const { rows: found } = await app.query(
      'select pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1::bigint as over',
      [rows[0].last],
    );
    if (found[0].over) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Numbers of the records, and of those that are gone with their reason. */
async function taken(tenant: string, scheduleId: string, { isOpen = false } = {}): Promise<Taken> {
  if (!isOpen) await settled();
  const { run, ended } = await given.run(tenant, scheduleId);
  expect(ended).toEqual({ state: 'done', failure: null });
  const contents = run.made?.contents;
  const linesOf = async (role: 'records' | 'gone'): Promise<string[]> =>
    (await given.file(run, role)).trim().split('\n').slice(1);
  const records = (await linesOf('records')).map((line) => line.split(',')[0] ?? '');
  const gone = contents === 'changes' ? await linesOf('gone') : [];
  return {
    contents,
    records: records.sort(),
    gone: gone.map((line) => line.split(',').slice(1, 3).join(' ')).sort(),
  };
}

async function following(tenant: string, wanted: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const template = await given.template(tenant, wanted);
  const { schedule } = await given.schedule(tenant, { template: template.id, mode: 'changed' });
  return schedule.id;
}

const nothing = { contents: 'changes', records: [], gone: [] };

describe('the first run', () => {
  test('takes everything, and the second nothing', async () => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant);
    expect(await taken(tenant, schedule)).toEqual({ contents: 'all', records: ['a', 'b'], gone: [] });
    expect(await taken(tenant, schedule)).toEqual(nothing);
  });
});

describe('a record counts as changed', () => {
  test('when it is new, or one of its own fields is another', async () => {
    const tenant = await tenantOf('a', 'b', 'c');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    await given.import(
      tenant,
      'Customer Number,Email,First Name\nb,b@example.com,Bella\nd,d@example.com,D\n',
    );
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b', 'd'] });
    expect(await taken(tenant, schedule)).toEqual(nothing);
  });

  test.each([
    ['a profile of it', 'Date of Birth', '1990-05-01'],
    ['its address', 'Address Line 1', '1 High Street'],
    ['its groups', 'Groups', 'Friends'],
    ['a field in another part', 'Driver Notes', 'ring twice'],
  ])('when %s is another', async (_, column, value) => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    const run = await given.import(tenant, `Customer Number,${column}\nb,${value}\n`, { require: [] });
    expect(run.updated).toBe(1);
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
  });

  test('when a group was taken from it', async () => {
    const tenant = await tenantOf('a', 'b');
    await given.import(tenant, 'Customer Number,Groups\nb,Friends\n', { require: [] });
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    const left = await given.import(tenant, 'Customer Number,Groups\nb,\n', { require: [], empty: 'clear' });
    expect(left.updated).toBe(1);
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
  });

  test.each([
    ['brought by itself', 'Customer,Address Line 1,City,Country\nb,1 High St,Leeds,GB\n', 'addresses'],
    ['brought with it', 'Customer Number,Address Line 1,City,Country\nb,1 High St,Leeds,GB\n', 'customers'],
  ])('when an address is taken from it that was %s, since its import is undone', async (_, file, dataset) => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant, { columns: ['number', 'city', 'addresses:1'] });
    await taken(tenant, schedule);
    const run = await given.import(tenant, file, { dataset, require: [] });
    expect(run.created + run.updated).toBe(1);
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
    expect((await given.undo(run)).state).toBe('undone');
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
    expect(await taken(tenant, schedule)).toEqual(nothing);
  });

  test('when the record that it refers to is called otherwise, and not when that changes in any other way', async () => {
    const tenant = await tenantOf('a', 'b');
    const orders = 'number,customer_email,total\nO-1,a@example.com,10\nO-2,b@example.com,20\n';
    expect((await given.import(tenant, orders, { dataset: 'orders' })).created).toBe(2);
    const schedule = await following(tenant, { dataset: 'orders', columns: ['number', 'customer_email'] });
    await taken(tenant, schedule);
    await given.import(tenant, 'Customer Number,First Name\na,Anna\n', { require: [] });
    expect(await taken(tenant, schedule)).toEqual(nothing);
    await given.import(tenant, 'Customer Number,Email\nb,bella@example.com\n');
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['O-2'] });
  });
});

describe('what is gone', () => {
  test('is what was deleted, until it is restored', async () => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    await deleteCustomers(given.database, { tenantId: tenant, by: null, names: ['b'] });
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, gone: ['deleted b'] });
    expect(await taken(tenant, schedule)).toEqual(nothing);
    await restoreCustomers(given.database, { tenantId: tenant, by: null, names: ['b'] });
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
  });

  test('is what an undone import took away, of which no row is left', async () => {
    const tenant = await tenantOf('a');
    const schedule = await following(tenant);
    const second = await given.import(tenant, people('b', 'c'));
    expect((await taken(tenant, schedule)).records).toEqual(['a', 'b', 'c']);
    const ids = await given.rows(
      tenant,
      `select id from customers where tenant_id = $1 and number in ('b', 'c')`,
      [tenant],
    );
    await given.undo(second);
    const { run } = await given.run(tenant, schedule);
    const lines = (await given.file(run, 'gone')).trim().split('\n').slice(1);
    expect(lines.sort()).toEqual(ids.map(({ id }) => `${id},deleted,,`).sort());
    expect(await taken(tenant, schedule)).toEqual(nothing);
  });

  test('is what the filter does not choose any more', async () => {
    const tenant = await tenantOf('a', 'b');
    const filter = { where: { field: 'segment', operator: 'is', value: 'new' } };
    const schedule = await following(tenant, { filter });
    expect((await taken(tenant, schedule)).records).toEqual(['a', 'b']);
    await given.import(tenant, 'Customer Number,Segment\nb,vip\n', { require: [] });
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, gone: ['not_selected b'] });
    await given.import(tenant, 'Customer Number,Segment\nb,new\n', { require: [] });
    expect(await taken(tenant, schedule)).toEqual({ ...nothing, records: ['b'] });
  });
});

test('the list of what is gone is as sensitive as what the records are chosen by', async () => {
  const tenant = await tenantOf('a', 'b');
  const where = { field: 'medical_notes', operator: 'empty' };
  const schedule = await following(tenant, { columns: ['number'], filter: { where } });
  await taken(tenant, schedule);
  await given.import(tenant, 'Customer Number,Medical Notes\nb,asthma\n', { require: [] });
  const { run } = await given.run(tenant, schedule);
  const entries = await given.within(tenant, (tx) =>
    Promise.all((run.made?.files ?? []).map(({ id }) => loadExport(tx, id))),
  );
  expect(entries.map(({ isSensitive }) => isSensitive)).toEqual([true, true]);
});

describe('a transaction that is open while an export looks', () => {
  test('has its changes in the next run, however long it takes', async () => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = withTenant(given.database, tenant, async (tx) => {
      // As if the clock of its machine were a day behind.
      await tx.query(
        `update customers set first_name = 'Slow', updated_at = now() - interval '1 day' where tenant_id = $1 and number = 'a'`,
        [tenant],
      );
      begun.resolve();
      await mayEnd.promise;
    });
    await begun.promise;
    await given.import(tenant, 'Customer Number,First Name\nb,Quick\n', { require: [] });
    expect((await taken(tenant, schedule, { isOpen: true })).records).toEqual(['b']);
    mayEnd.resolve();
    await slow;
    // What was committed while it was open comes again: twice, and never not at all.
    expect((await taken(tenant, schedule)).records).toEqual(['a', 'b']);
    expect(await taken(tenant, schedule)).toEqual(nothing);
  });

  test('has them also when they were written within a savepoint', async () => {
    const tenant = await tenantOf('a', 'b');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = withTenant(given.database, tenant, async (tx) => {
      await tx.query('select pg_current_xact_id()');
      await tx.query('savepoint inner_one');
      await tx.query(`update customers set first_name = 'Slow' where tenant_id = $1 and number = 'a'`, [
        tenant,
      ]);
      await tx.query('release savepoint inner_one');
      begun.resolve();
      await mayEnd.promise;
    });
    await begun.promise;
    expect(await taken(tenant, schedule, { isOpen: true })).toEqual(nothing);
    mayEnd.resolve();
    await slow;
    expect((await taken(tenant, schedule)).records).toEqual(['a']);
  });
});

test('whoever applies every run has in the end what there is, while many write at once and take their time', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
  const tenant = await tenantOf(...names);
  const filter = { where: { field: 'segment', operator: 'is', value: 'new' } };
  const columns = ['number', 'first_name'];
  const schedule = await following(tenant, { columns, filter });
  const copy = new Map<string, string>();
  const follow = async (): Promise<void> => {
    const { run } = await given.run(tenant, schedule);
    const linesOf = async (role: 'records' | 'gone'): Promise<string[][]> =>
      (await given.file(run, role))
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    for (const [number = '', name = ''] of await linesOf('records')) copy.set(number, name);
    if (run.made?.contents === 'changes')
      for (const [, , number = ''] of await linesOf('gone')) copy.delete(number);
  };
  const pause = (msMax: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * msMax));
  const changes = [
    'first_name = $3',
    `segment = 'vip', first_name = $3`,
    `segment = 'new', first_name = $3`,
    'deleted_at = now(), first_name = $3',
    'deleted_at = null, first_name = $3',
  ];
  let written = 0;
  const write = async (): Promise<void> => {
    for (let i = 0; i < 30; i += 1) {
      const name = names[Math.floor(Math.random() * names.length)];
      written += 1;
      const value = `v${written}`;
      const change = changes[written % changes.length];
      await withTenant(given.database, tenant, async (tx) => {
        await tx.query(`update customers set ${change} where tenant_id = $1 and number = $2`, [
          tenant,
          name,
          value,
        ]);
        await pause(80);
      });
    }
  };
  let isOver = false;
  const writing = Promise.all([write(), write(), write()]).finally(() => {
    isOver = true;
  });
  while (!isOver) await follow();
  await writing;
  await follow();
  const there = await given.rows(
    tenant,
    `select number, first_name as name from customers where tenant_id = $1 and deleted_at is null and segment = 'new'`,
    [tenant],
  );
  expect(new Map([...copy].sort())).toEqual(
    new Map(there.map(({ number, name }) => [String(number), String(name)] as const).sort()),
  );
});

describe('everything is taken again', () => {
  test('when the schedule goes elsewhere', async () => {
    const tenant = await tenantOf('a');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    const destination = { kind: 'file', keep_days: 3 } as const;
    await changeSchedule(
      given.database,
      await findTenant(given.database, tenant),
      schedule,
      { destination },
      operator,
    );
    expect(await taken(tenant, schedule)).toEqual({ contents: 'all', records: ['a'], gone: [] });
  });

  test('when the template has other columns', async () => {
    const tenant = await tenantOf('a');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    await given.rows(
      tenant,
      `update export_templates set content = content || '{"columns": ["number", "first_name"]}' where tenant_id = $1 returning id`,
      [tenant],
    );
    expect(await taken(tenant, schedule)).toEqual({ contents: 'all', records: ['a'], gone: [] });
  });

  test('when a choice is called otherwise', async () => {
    const tenant = await tenantOf('a');
    const values = [{ key: 's', label: 'Small' }];
    const wanted = { dataset: 'customers', key: 'size', type: 'enum', values } as const;
    const { id } = await defineCustomField(given.database, tenant, wanted, null);
    const schedule = await following(tenant, { columns: ['number', 'size'], profile: 'spreadsheet' });
    await taken(tenant, schedule);
    const renamed = [{ key: 's', label: 'Little' }];
    await changeCustomField(given.database, tenant, id, { values: renamed }, null);
    expect((await taken(tenant, schedule)).contents).toBe('all');
  });

  test('when the database is another one, whose numbers say nothing', async () => {
    const tenant = await tenantOf('a');
    const schedule = await following(tenant);
    await taken(tenant, schedule);
    await given.rows(
      tenant,
      `update export_schedules set baseline = baseline || '{"system": "7000000000000000000"}' where tenant_id = $1 returning id`,
      [tenant],
    );
    expect(await taken(tenant, schedule)).toEqual({ contents: 'all', records: ['a'], gone: [] });
  });
});

describe('changes cannot be followed', () => {
  test('of records without an id, nor of a template with a limit', async () => {
    const tenant = await tenantOf('a');
    for (const wanted of [{ dataset: 'analytics', columns: ['date'] }, { limit: 10 }])
      await expect(following(tenant, wanted)).rejects.toMatchObject({ code: 'schedule.invalid' });
  });
});

test('what failed to be delivered is still a change for the next run', async () => {
  const tenant = await tenantOf('a');
  const template = await given.template(tenant);
  const { schedule } = await given.schedule(tenant, { template: template.id, mode: 'changed' });
  await taken(tenant, schedule.id);
  await given.import(tenant, people('b'));
  await given.rows(
    tenant,
    `update export_templates set content = content || '{"columns": ["nonesuch"]}' where tenant_id = $1 returning id`,
    [tenant],
  );
  expect((await given.run(tenant, schedule.id)).ended).toMatchObject({
    state: 'failed',
    failure: { code: 'template.invalid' },
  });
  await given.rows(
    tenant,
    `update export_templates set content = content || '{"columns": ["number", "email"]}' where tenant_id = $1 returning id`,
    [tenant],
  );
  expect((await taken(tenant, schedule.id)).records).toEqual(['b']);
});
