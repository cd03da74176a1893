/** Nothing is assigned to somebody who left the tenant between the check of a run and its commit. */
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { askCommit } from '../../../src/import/review.ts';
import { newId } from '../../../src/platform/ids.ts';
import { removeMember } from '../../../src/tenants/member-changes.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

async function member(tenantId: string, email: string): Promise<string> {
  const id = newId();
  await given.rows(
    tenantId,
    `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, $3, 'staff', now())`,
    [tenantId, id, email],
  );
  return id;
}

test('the rows that name him fail, whether they create or change, and the others go in', async () => {
  const tenant = await given.tenant();
  const [gone, stays] = [await member(tenant, 'gone@example.com'), await member(tenant, 'stays@example.com')];
  await given.import(
    tenant,
    'email,first_name,assigned_to\na@example.com,Ann,\nb@example.com,Ben,gone@example.com\nc@example.com,Cy,gone@example.com\n',
  );
  const file = [
    'email,first_name,assigned_to',
    'a@example.com,Ann,gone@example.com',
    'b@example.com,Benny,gone@example.com',
    'c@example.com,Cy,stays@example.com',
    'd@example.com,Dee,gone@example.com',
    'e@example.com,Eve,stays@example.com',
    'f@example.com,Fay,',
  ].join('\n');
  const checked = await given.import(tenant, file, { commit: false, review: 'plan' });
  expect(checked.report).toMatchObject({ create: 3, update: 3 });
  await removeMember(given.database, tenant, gone, null);
  await askCommit(given.database, { tenantId: tenant, importId: checked.id, by: null });
  const run = await given.drive(tenant, checked.id);
  expect(await given.outcomes(run)).toEqual([
    'failed changed_since_check',
    'failed changed_since_check',
    'updated',
    'failed changed_since_check',
    'created',
    'created',
  ]);
  expect(run).toMatchObject({ state: 'done', created: 2, updated: 1, failed: 3, unchanged: 0 });
  expect(await given.column(tenant, 'assigned_to')).toEqual({
    'a@example.com': null,
    'b@example.com': null,
    'c@example.com': stays,
    'e@example.com': stays,
    'f@example.com': null,
  });
  expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  expect(await given.undo(run)).toMatchObject({ state: 'undone' });
});

test('a run that is all or nothing then writes nothing', async () => {
  const tenant = await given.tenant();
  const gone = await member(tenant, 'gone@example.com');
  const file = 'email,first_name,assigned_to\na@example.com,Ann,\nb@example.com,Ben,gone@example.com\n';
  const checked = await given.import(tenant, file, { commit: false, review: 'plan', atomic: true });
  await removeMember(given.database, tenant, gone, null);
  await askCommit(given.database, { tenantId: tenant, importId: checked.id, by: null });
  expect(await given.drive(tenant, checked.id)).toMatchObject({ state: 'failed', created: 0 });
  expect(await given.column(tenant, 'id')).toEqual({});
});
