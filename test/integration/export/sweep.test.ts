/** Exports whose process was killed. */
import { expect, test } from 'vitest';
import { readAudit } from '../../../src/audit/read.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { beginEntry, listExports } from '../../../src/export/history.ts';
import { endForgottenExports } from '../../../src/export/sweep.ts';
import { openJobs } from '../../../src/jobs/jobs.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

async function runningSince(tenantId: string, hours: number): Promise<string> {
  const id = newId();
  await beginEntry(given.database, {
    id,
    tenantId,
    dataset: 'leads',
    format: 'csv',
    profile: 'data',
    fields: ['email'],
    leftOut: [],
    filter: null,
    source: 'test',
    by: null,
  });
  await given.rows(
    tenantId,
    `update exports set created_at = now() - make_interval(hours => ${hours}) where id = $1`,
    [id],
  );
  return id;
}

function history(tenantId: string) {
  return withTenant(given.database, tenantId, (tx) => listExports(tx, { limit: 10, datasets: ['leads'] }));
}

function trail(tenantId: string) {
  return withTenant(given.database, tenantId, (tx) =>
    readAudit(tx, { action: 'export.download', limit: 10 }),
  );
}

test('have broken off a day later, which the history and the trail say once', async () => {
  const tenantId = await given.tenant();
  const old = await runningSince(tenantId, 25);
  const young = await runningSince(tenantId, 23);
  for (let i = 0; i < 2; i += 1) await endForgottenExports(given.database);
  expect(await history(tenantId)).toMatchObject([
    { id: young, state: 'running', finishedAt: null },
    { id: old, state: 'broken_off', records: null, bytes: null, finishedAt: expect.any(String) },
  ]);
  expect(await trail(tenantId)).toMatchObject([
    { subjectId: old, detail: { complete: false, fields: ['email'], records: null } },
  ]);
});

test('are ended by a worker', async () => {
  const tenantId = await given.tenant();
  await runningSince(tenantId, 25);
  const jobs = await openJobs(given.database);
  await jobs.work({ untilIdle: true });
  await jobs.stop();
  expect(await history(tenantId)).toMatchObject([{ state: 'broken_off' }]);
});
