/** Reading the trail, by what is in it, a page at a time, and each way by an index. */
import { beforeAll, describe, expect, test } from 'vitest';
import { appendAccountEvent } from '../../../src/audit/account-events.ts';
import { type AuditEntry, appendAudit } from '../../../src/audit/append.ts';
import { type AuditAsked, auditQuery, readAudit } from '../../../src/audit/read.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { newId } from '../../../src/platform/ids.ts';
import { removeMember } from '../../../src/tenants/member-changes.ts';
import { addMember } from '../../../src/tenants/members.ts';
import { useDatabase } from '../../support/database.ts';
import { account, colleague, trailOf } from '../tenants/people.ts';

const given = useDatabase();

async function append(tenant: string, entry: Partial<AuditEntry>): Promise<void> {
  const plain = {
    action: 'test.do',
    subjectType: 'test',
    subjectId: null,
    detail: {},
    digest: null,
    actor: null,
  };
  await withTenant(given.database, tenant, (tx) =>
    appendAudit(tx, { ...plain, at: '2026-01-01T00:00:00Z', ...entry }),
  );
}

const read = (tenant: string, asked: AuditAsked = {}) =>
  withTenant(given.database, tenant, (tx) => readAudit(tx, asked));

const places = async (tenant: string, asked: AuditAsked) => (await read(tenant, asked)).map(({ seq }) => seq);

describe('the trail', () => {
  let tenant: string;
  const [subject, actor] = [newId(), newId()];
  beforeAll(async () => {
    tenant = await given.tenant();
    await append(tenant, { action: 'a.one', at: '2026-01-01T00:00:00Z', digest: 'ab'.repeat(32) });
    await append(tenant, {
      action: 'a.two',
      subjectId: subject,
      at: '2026-01-02T00:00:00Z',
      detail: { n: 2 },
    });
    await append(tenant, { action: 'a.one', actor, at: '2026-01-03T00:00:00Z' });
    await append(tenant, { action: 'a.two', actor, subjectType: 'other', at: '2026-01-04T00:00:00Z' });
    await append(tenant, { action: 'a.one', actor, subjectId: subject, at: '2026-01-05T00:00:00Z' });
  });

  test('reads newest first, each entry whole', async () => {
    const entries = await read(tenant);
    expect(entries.map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
    expect(entries[3]).toEqual({
      seq: 2,
      action: 'a.two',
      subjectType: 'test',
      subjectId: subject,
      detail: { n: 2 },
      digest: null,
      actor: null,
      at: '2026-01-02 00:00:00+00',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(entries[4]?.digest).toBe('ab'.repeat(32));
  });

  test.each<[string, AuditAsked, number[]]>([
    ['action', { action: 'a.one' }, [5, 3, 1]],
    ['subject', { subjectId: subject }, [5, 2]],
    ['kind of subject', { subjectType: 'other' }, [4]],
    ['actor', { actor }, [5, 4, 3]],
    ['beginning', { from: '2026-01-04T00:00:00Z' }, [5, 4]],
    ['end, without it', { to: '2026-01-04T00:00:00Z' }, [3, 2, 1]],
    ['time in another zone', { from: '2026-01-05T01:00:00+01:00' }, [5]],
    ['several of them', { action: 'a.one', actor, to: '2026-01-05T00:00:00Z' }, [3]],
    ['what is in none', { action: 'a' }, []],
  ])('is narrowed by %s', async (_, asked, expected) => {
    expect(await places(tenant, asked)).toEqual(expected);
  });

  test('comes in pages that neither repeat nor miss one, also when entries are added in between', async () => {
    const first = await places(tenant, { limit: 2 });
    await append(tenant, { action: 'late.one' });
    const second = await places(tenant, { limit: 2, before: first.at(-1) as number });
    const third = await places(tenant, { limit: 2, before: second.at(-1) as number });
    expect([first, second, third]).toEqual([[5, 4], [3, 2], [1]]);
  });

  test('of another tenant is not there', async () => {
    expect(await read(await given.tenant(), { actor })).toEqual([]);
  });
});

describe('an index answers', () => {
  let tenant: string;
  beforeAll(async () => {
    tenant = await given.tenant();
    const other = await given.tenant();
    await given.database.asOwner(async (owner) => {
      await owner.query('alter table audit_entries no force row level security');
      await owner.query(
        `insert into audit_entries (tenant_id, seq, action, subject_type, subject_id, detail, actor, at, hash)
         select tenant, n, 'action.' || n % 50, 'type ' || n % 20, md5((n % 400)::text)::uuid, '{}', md5((n % 100)::text)::uuid,
           timestamptz '2026-01-01' + n * interval '1 minute', '\\x00'
         from unnest($1::uuid[]) tenant, generate_series(1, 20000) n`,
        [[tenant, other]],
      );
      await owner.query('alter table audit_entries force row level security; analyze audit_entries');
    });
  });

  const id = newId();
  test.each<[string, AuditAsked, RegExp]>([
    ['all', {}, /Index Cond: \(tenant_id = [^)]*\)$/m],
    ['a page', { before: 500 }, /Index Cond: \(\(tenant_id = .* AND \(seq < /],
    ['an action', { action: 'action.7' }, /Index Cond: \(\(tenant_id = .* AND \(action = /],
    ['a kind of subject', { subjectType: 'type 3' }, /Index Cond: \(\(tenant_id = .* AND \(subject_type = /],
    ['a subject', { subjectId: id }, /Index Cond: \(\(tenant_id = .* AND \(subject_id = /],
    ['an actor', { actor: id }, /Index Cond: \(\(tenant_id = .* AND \(actor = /],
    [
      'a day',
      { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z' },
      /Index Cond: \(\(tenant_id = .* AND \(at >= .* AND \(at < /,
    ],
  ])('%s, as the login that works', async (_, asked, expected) => {
    const { text, values } = auditQuery(tenant, { limit: 50, ...asked });
    const plan = await withTenant(given.database, tenant, async (tx) => {
      const { rows } = await tx.query(`explain (costs off) ${text}`, values);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toMatch(expected);
    expect(plan).not.toMatch(/Seq Scan/);
  });
});

describe('what happens to an account', () => {
  test('is told in each tenant where it is a member, and in no other', async () => {
    const [first, second, third] = [await given.tenant(), await given.tenant(), await given.tenant()];
    const person = await account(given.database);
    const member = await addMember(given.database, first, person, { role: 'staff' }, null);
    const other = await addMember(given.database, second, person, { role: 'viewer' }, null);
    await colleague(given.database, third, { role: 'owner' });
    await appendAccountEvent(given.database, {
      userId: person.userId,
      action: 'account.sign_in',
      detail: { how: 'password' },
    });
    for (const [tenant, id] of [
      [first, member.id],
      [second, other.id],
    ] as const) {
      const { entries, faults } = await trailOf(given.database, tenant);
      expect(faults).toEqual([]);
      expect(entries.at(-1)).toEqual({
        action: 'account.sign_in',
        actor: id,
        subject_id: id,
        detail: { how: 'password' },
      });
    }
    expect(await places(third, { action: 'account.sign_in' })).toEqual([]);
  });

  test('is told nowhere once it is no member, and never of an account that is none', async () => {
    const tenant = await given.tenant();
    const { userId, memberId } = await colleague(given.database, tenant, { role: 'staff' });
    await removeMember(given.database, tenant, memberId, null);
    await appendAccountEvent(given.database, { userId, action: 'account.sign_in' });
    await appendAccountEvent(given.database, { userId: newId(), action: 'account.sign_in' });
    expect(await places(tenant, { action: 'account.sign_in' })).toEqual([]);
  });
});
