/** Sources of imports, and what became of their rows, are kept for so many days. */
import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import { removeOldRows, removeOldSources } from '../../../src/import/worker/retention.ts';
import { work } from '../../../src/import/worker/worker.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const content = 'email,first_name\na@example.com,Ann\nwrong,Bob\n';

async function restedFor(days: number, { id, tenantId }: Pick<ImportRun, 'id' | 'tenantId'>): Promise<void> {
  await given.rows(tenantId, `update imports set updated_at = now() - $2 * interval '1 day' where id = $1`, [
    id,
    days,
  ]);
}

const remove = (tenantId: string, rejectDays = 30) =>
  removeOldSources(given.database, { tenantId, sourceDays: 30, rejectDays });

describe('a source', () => {
  test('goes when its run has rested for long enough, and its rejected rows are refused then', async () => {
    const tenant = await given.tenant();
    const [old, young] = [await given.import(tenant, content), await given.import(tenant, content)];
    await restedFor(31, old);
    await restedFor(29, young);
    expect(await remove(tenant)).toBe(1);
    expect(await fileStore().exists(old.source)).toBe(false);
    const gone = await given.within(tenant, (tx) => loadRun(tx, old.id));
    expect(gone.sourceRemovedAt).not.toBeNull();
    await expect(given.rejects(gone)).rejects.toMatchObject({ code: 'import.source_gone', status: 410 });
    expect(await given.problems(gone)).not.toEqual([]);
    expect(await given.resultText(gone)).toContain('fail');
    expect((await given.rejects(young)).trim().split('\n')).toHaveLength(2);
    expect(await remove(tenant)).toBe(0);
  });

  test('stays as long as its rejected rows can be fetched', async () => {
    const tenant = await given.tenant();
    const [rejected, whole] = [
      await given.import(tenant, content),
      await given.import(tenant, 'email,first_name\nb@example.com,Ben\n'),
    ];
    await restedFor(31, rejected);
    await restedFor(31, whole);
    expect(await remove(tenant, 60)).toBe(1);
    expect(await fileStore().exists(whole.source)).toBe(false);
    expect(await given.rejects(rejected)).toContain('Bob');
  });

  test('goes by itself when a worker passes, after as many days as the tenant has set', async () => {
    const [tenant, longer] = [await given.tenant(), await given.tenant()];
    const [run, kept] = [await given.import(tenant, content), await given.import(longer, content)];
    await given.database.asOwner((owner) =>
      owner.query(`update tenants set settings = '{"retention": {"sourceDays": 60}}' where id = $1`, [
        longer,
      ]),
    );
    await restedFor(31, run);
    await restedFor(31, kept);
    await work(given.database, { stop: new AbortController().signal, untilIdle: true });
    expect(await fileStore().exists(run.source)).toBe(false);
    expect(await fileStore().exists(kept.source)).toBe(true);
  });

  test('stays while its run goes on, waits for a person, or is somebody else’s', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    const open = await given.take(tenant, content);
    const held = await given.import(tenant, content, { commit: false });
    const foreign = await given.import(other, content);
    await given.rows(tenant, `update imports set state = 'held' where id = $1`, [held.id]);
    await restedFor(90, { id: open, tenantId: tenant });
    await restedFor(90, held);
    await restedFor(90, foreign);
    expect(await remove(tenant)).toBe(0);
    expect(await given.drive(tenant, open)).toMatchObject({ state: 'done' });
    expect(await fileStore().exists(held.source)).toBe(true);
    expect(await fileStore().exists(foreign.source)).toBe(true);
  });

  test('does not keep an undo from being done when it is gone', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, content);
    await restedFor(31, run);
    await remove(tenant);
    expect(await given.undo(run)).toMatchObject({ state: 'undone' });
  });
});

describe('what became of the rows', () => {
  const removeRows = (tenantId: string) => removeOldRows(given.database, { tenantId, rejectDays: 30 });

  async function kept(tenantId: string, { id }: Pick<ImportRun, 'id'>): Promise<Record<string, number>> {
    const rows = await given.rows(
      tenantId,
      `select what, count(*)::int as rows from (select 'plan ' || outcome as what from import_plan where import_id = $1
         union all select 'problem' from import_problems where import_id = $1) k group by 1`,
      [id],
    );
    return Object.fromEntries(rows.map(({ what, rows: count }) => [String(what), Number(count)]));
  }

  const mixed = 'email,first_name\na@example.com,Ann\nb@example.com,Ben\nb@example.com,Bob\nwrong,Cy\n';

  test('goes after as many days, but for the records that an undo looks for', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,Ada\n');
    const old = await given.import(tenant, mixed);
    const young = await given.import(tenant, mixed);
    const before = await kept(tenant, young);
    expect(await kept(tenant, old)).toMatchObject({ 'plan update': 1, 'plan skip': 1, problem: 1 });
    await restedFor(31, old);
    await restedFor(29, young);
    expect(await removeRows(tenant)).toBe(1);
    expect(await kept(tenant, old)).toEqual({ 'plan create': 1 });
    expect(await kept(tenant, young)).toEqual(before);
    expect(await removeRows(tenant)).toBe(0);
    const gone = await given.within(tenant, (tx) => loadRun(tx, old.id));
    expect(gone).toMatchObject({ created: 1, updated: 1, skipped: 1, failed: 1 });
    for (const asked of [given.rejects(gone), given.resultText(gone), given.problems(gone)])
      await expect(asked).rejects.toMatchObject({ code: 'import.source_gone', status: 410 });
  });

  test('is not needed to undo: created records go, changed ones and the figures of orders go back', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name\na@example.com,Ada\n');
    const spent = async (): Promise<unknown> =>
      (await given.rows(tenant, `select total_spent::float, orders_count from customers`))[0];
    const orders = (rows: string): Promise<ImportRun> =>
      given.import(tenant, `number,customer_email,total\n${rows}`, { dataset: 'orders' });
    await orders('1,a@example.com,10\n');
    const second = await orders('1,a@example.com,25\n2,a@example.com,5\n');
    expect(await spent()).toEqual({ total_spent: 30, orders_count: 2 });
    await restedFor(31, second);
    expect(await removeRows(tenant)).toBe(1);
    expect(await given.undo(second)).toMatchObject({
      state: 'undone',
      undoReport: { removed: 1, restored: 1 },
    });
    expect(await spent()).toEqual({ total_spent: 10, orders_count: 1 });
  });

  test('goes whole where there is nothing to undo', async () => {
    const tenant = await given.tenant();
    const undone = await given.import(tenant, mixed);
    await given.undo(undone);
    const checked = await given.import(tenant, mixed, { commit: false });
    for (const run of [undone, checked]) await restedFor(31, run);
    expect(await removeRows(tenant)).toBe(2);
    for (const run of [undone, checked]) expect(await kept(tenant, run)).toEqual({});
  });

  test('stays while a person is waited for', async () => {
    const tenant = await given.tenant();
    const reviewed = await given.import(tenant, mixed, { commit: false, review: 'plan' });
    const held = await given.import(tenant, mixed, { commit: false });
    await given.rows(tenant, `update imports set state = 'held' where id = $1`, [held.id]);
    for (const run of [reviewed, held]) await restedFor(90, run);
    expect(await removeRows(tenant)).toBe(0);
    expect(await kept(tenant, reviewed)).not.toEqual({});
  });
});
