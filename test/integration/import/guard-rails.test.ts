import { describe, expect, test } from 'vitest';
import { importInBatches } from '../../../src/import/batch/in-batches.ts';
import { cancelRun } from '../../../src/import/cancel.ts';
import { approve } from '../../../src/import/review.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { newId } from '../../../src/platform/ids.ts';
import { changeTenant } from '../../../src/tenants/settings.ts';
import type { SettingsPatch } from '../../../src/tenants/settings-schema.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

async function tenantWith(guardRails: NonNullable<SettingsPatch['guardRails']>): Promise<string> {
  const tenant = await given.tenant();
  await changeTenant(given.database, tenant, { settings: { guardRails } }, null);
  return tenant;
}

const header = 'email,first_name,last_name\n';
const people = (names: readonly string[], family: string): string =>
  header + names.map((name) => `${name}@example.com,${name},${family}\n`).join('');

async function goOn(run: ImportRun, by: string | null, second = false): Promise<ImportRun> {
  await approve(given.database, { tenantId: run.tenantId, importId: run.id, by }, { second });
  return given.drive(run.tenantId, run.id);
}

describe('a run that passes a guard rail', () => {
  test('is held when too many of its rows fail, and has written nothing', async () => {
    const tenant = await tenantWith({ failedPercentMax: 20 });
    const run = await given.import(tenant, `${people(['ann', 'bob', 'cy'], 'Lee')}nobody,No,Body\n`);
    expect(run.state).toBe('held');
    expect(run.failure?.message).toContain('1 of 4 rows fail: 25 %');
    expect(await given.rows(tenant, 'select from customers')).toHaveLength(0);
  });

  test('goes on when somebody lets it, with the plan that was checked', async () => {
    const tenant = await tenantWith({ failedPercentMax: 20 });
    const held = await given.import(tenant, `${people(['ann', 'bob', 'cy'], 'Lee')}nobody,No,Body\n`);
    const run = await goOn(held, null);
    expect(run).toMatchObject({ state: 'done', created: 3, failed: 1, failure: null });
  });

  test('goes on by itself at the very limit', async () => {
    const tenant = await tenantWith({ failedPercentMax: 25 });
    const run = await given.import(tenant, `${people(['ann', 'bob', 'cy'], 'Lee')}nobody,No,Body\n`);
    expect(run.state).toBe('done');
  });

  test('is held when it would change too many of the records there are', async () => {
    const tenant = await tenantWith({ changedPercentMax: 50 });
    expect((await given.import(tenant, people(['ann', 'bob', 'cy', 'di'], 'Lee'))).state).toBe('done');
    expect((await given.import(tenant, people(['ann', 'bob'], 'May'))).state).toBe('done');
    const run = await given.import(tenant, people(['ann', 'bob', 'cy'], 'Ray'));
    expect(run.state).toBe('held');
    expect(run.failure?.message).toContain('3 of 4 records would change: 75 %');
  });

  test('waits for a second person where the tenant asks for one', async () => {
    const tenant = await tenantWith({ approval: true });
    const author = newId();
    const held = await given.import(tenant, people(['ann'], 'Lee'), { by: author });
    expect(held.state).toBe('held');
    await expect(goOn(held, author, true)).rejects.toMatchObject({ code: 'import.held' });
    expect(await goOn(held, newId(), true)).toMatchObject({ state: 'done', created: 1 });
  });

  test('can be cancelled instead', async () => {
    const tenant = await tenantWith({ approval: true });
    const held = await given.import(tenant, people(['ann'], 'Lee'));
    await cancelRun(given.database, tenant, held.id, null);
    expect(await given.drive(tenant, held.id)).toMatchObject({ state: 'cancelled', created: 0 });
  });
});

describe('a call that brings rows as JSON', () => {
  const called = (tenantId: string, amount: number, family = 'Lee') =>
    importInBatches(given.database, {
      tenantId,
      by: null,
      source: 'rows',
      dataset: 'customers',
      rows: Array.from({ length: amount }, (_, i) => ({
        email: `p${i}@example.com`,
        first_name: 'Pat',
        last_name: family,
      })),
    });

  test('is refused where its import would be held, and has written nothing', async () => {
    const tenant = await tenantWith({ approval: true });
    await expect(called(tenant, 501)).rejects.toMatchObject({ code: 'import.held', status: 409 });
    expect(await given.rows(tenant, 'select from customers')).toHaveLength(0);
    expect(await given.rows(tenant, 'select from imports')).toHaveLength(0);
    const changing = await tenantWith({ changedPercentMax: 50 });
    expect((await called(changing, 501)).counts.created).toBe(501);
    await expect(called(changing, 501, 'May')).rejects.toMatchObject({
      code: 'import.held',
      message: expect.stringContaining('501 of 501 records would change: 100 %'),
    });
  });

  test('goes in where it is small, or keeps within the rails', async () => {
    const tenant = await tenantWith({ approval: true, changedPercentMax: 1 });
    expect((await called(tenant, 500)).counts.created).toBe(500);
    expect((await called(tenant, 500, 'May')).counts.updated).toBe(500);
    const careful = await tenantWith({ failedPercentMax: 1 });
    expect((await called(careful, 501)).counts.created).toBe(501);
  });
});
