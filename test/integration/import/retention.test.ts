/** Sources of imports are kept for so many days. */
import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { removeOldSources } from '../../../src/import/retention.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import { work } from '../../../src/import/worker.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const content = 'email,first_name\na@example.com,Ann\nwrong,Bob\n';

async function restedFor(days: number, { id, tenantId }: Pick<ImportRun, 'id' | 'tenantId'>): Promise<void> {
  await given.rows(tenantId, `update imports set updated_at = now() - $2 * interval '1 day' where id = $1`, [
    id,
    days,
  ]);
}

const remove = (tenantId: string) => removeOldSources(given.database, { tenantId, days: 30 });

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
