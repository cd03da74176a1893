/** References: by what a file names another record, and records that the file itself brings. */
import { beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3 });

/** Who was referred by whom, by e-mail. */
async function referrals(tenant: string): Promise<Record<string, unknown>> {
  const rows = await given.rows(
    tenant,
    'select c.email, r.email as by from customers c left join customers r on r.id = c.referred_by order by c.email',
  );
  return Object.fromEntries(
    rows.map(({ email, by }) => [String(email).split('@')[0], by === null ? null : String(by).split('@')[0]]),
  );
}

const person = (name: string, by = ''): string => `${name}@example.com,${name},${by}\n`;
const header = 'email,first_name,referred_by\n';

describe('a reference to a customer who is there', () => {
  let tenant: string;
  let id: string;
  beforeAll(async () => {
    tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,number,external_id\nann@example.com,Ann,N-1,x1\n');
    id = String((await given.customer(tenant, 'ann@example.com')).id);
  });

  test.each([
    ['number', () => 'N-1'],
    ['e-mail in any case', () => 'Ann@Example.com'],
    ['external id', () => 'x1'],
    ['id', () => id.toUpperCase()],
  ])('is found by %s', async (way, text) => {
    const email = `by-${way.replaceAll(' ', '-')}@example.com`;
    const run = await given.import(tenant, `${header}${email},Bob,${text()}\n`);
    expect(await given.outcomes(run)).toEqual(['created']);
    expect((await given.customer(tenant, email)).referred_by).toBe(id);
    const again = await given.import(tenant, `${header}${email},Bob,${text()}\n`);
    expect(again.unchanged).toBe(1);
  });

  test('is found by an e-mail with an international domain, in whichever form the domain is written', async () => {
    const other = await given.tenant();
    await given.import(other, 'email,first_name\nann@münchen.example,Ann\n');
    const run = await given.import(
      other,
      `${header}a@example.com,A,Ann@MÜNCHEN.example\nb@example.com,B,ann@xn--mnchen-3ya.example\n`,
    );
    expect(await given.outcomes(run)).toEqual(['created', 'created']);
    expect(await referrals(other)).toEqual({ a: 'ann', b: 'ann', ann: null });
    const within = await given.import(
      other,
      `${header}new@bücher.example,New,\nc@example.com,C,NEW@BÜCHER.example\n`,
    );
    expect(await given.outcomes(within)).toEqual(['created', 'created']);
    expect(await referrals(other)).toMatchObject({ c: 'new' });
  });

  test('that is deleted is not found', async () => {
    const other = await given.tenant();
    await given.import(other, 'email,first_name\nann@example.com,Ann\n');
    await given.rows(other, 'update customers set deleted_at = now()');
    const run = await given.import(other, `${header}${person('bob', 'ann@example.com')}`);
    expect(await given.outcomes(run)).toEqual(['failed reference.not_found']);
  });

  test('of another tenant is not found', async () => {
    const run = await given.import(await given.tenant(), `${header}${person('bob', id)}`);
    expect(await given.outcomes(run)).toEqual(['failed reference.not_found']);
  });
});

describe('a reference within the file', () => {
  test('is found before and after the row that it means, over chunks, by every key', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      `email,first_name,number,external_id,referred_by
a@example.com,A,,,N-8
b@example.com,B,,,h@example.com
c@example.com,C,,,x8
d@example.com,D,,,A@example.com
e@example.com,E,,,d@example.com
f@example.com,F,,,
g@example.com,G,,,f@example.com
h@example.com,H,N-8,x8,a@example.com
`,
    );
    expect(run.created).toBe(8);
    expect(await referrals(tenant)).toEqual({
      a: 'h',
      b: 'h',
      c: 'h',
      d: 'a',
      e: 'd',
      f: null,
      g: 'f',
      h: 'a',
    });
    const versions = await given.rows(tenant, 'select distinct version from customers');
    expect(versions).toEqual([{ version: 1 }]);
  });

  test('may be a record’s own', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, `${header}${person('a', 'a@example.com')}`);
    expect(await referrals(tenant)).toEqual({ a: 'a' });
    await given.undo(run);
    expect(await referrals(tenant)).toEqual({});
  });

  test('to a row that fails takes its own row along, and so on', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      `${header}${person('a', 'b@example.com')}${person('b', 'c@example.com')}${person('c', 'nobody@example.com')}${person('d')}`,
    );
    expect(await given.outcomes(run)).toEqual([
      'failed reference.not_found',
      'failed reference.not_found',
      'failed reference.not_found',
      'created',
    ]);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'referred_by',
      target: 'customer',
      value: 'b@example.com',
    });
  });

  test('changes a customer who is there, with one change for the whole row', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `${header}${person('a')}${person('z')}`);
    const run = await given.import(
      tenant,
      'email,first_name,referred_by\na@example.com,Anna,b@example.com\nb@example.com,B,\nz@example.com,z,\n',
    );
    expect(await given.outcomes(run)).toEqual(['updated', 'created', 'unchanged']);
    expect(run).toMatchObject({ created: 1, updated: 1, unchanged: 1, skipped: 0, failed: 0 });
    expect(await referrals(tenant)).toEqual({ a: 'b', b: null, z: null });
    const changes = await given.rows(
      tenant,
      `select phase, before ->> 'first_name' as before, after ->> 'first_name' as after from changes`,
    );
    expect(changes).toEqual([{ phase: 'references', before: 'a', after: 'Anna' }]);
    expect(
      (
        await given.import(
          tenant,
          'email,first_name,referred_by\na@example.com,Anna,b@example.com\nb@example.com,B,\n',
        )
      ).unchanged,
    ).toBe(2);
  });

  test('to a customer who is there and gets the key by this very file is found', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `${header}${person('a')}`);
    const content = 'email,first_name,external_id,referred_by\nb@example.com,B,,x1\na@example.com,a,x1,\n';
    const run = await given.import(tenant, content);
    expect(await given.outcomes(run)).toEqual(['created', 'updated']);
    expect(await referrals(tenant)).toEqual({ a: null, b: 'a' });
    expect((await given.import(tenant, content)).unchanged).toBe(2);
  });

  test('is written by the field’s rule', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `${header}${person('a', 'b@example.com')}${person('b')}${person('c')}`);
    const content = `${header}${person('a', 'n@example.com')}${person('c', 'n@example.com')}${person('n', 'm@example.com')}${person('m')}`;
    const never = await given.import(tenant, content, { write: ['referred_by=never'] });
    expect(await given.outcomes(never)).toEqual(['unchanged', 'unchanged', 'created', 'created']);
    expect(await referrals(tenant)).toMatchObject({ a: 'b', c: null, n: 'm' });
    await given.undo(never);
    const fill = await given.import(tenant, content, { write: ['referred_by=fill'] });
    expect(await given.outcomes(fill)).toEqual(['unchanged', 'updated', 'created', 'created']);
    expect(await referrals(tenant)).toMatchObject({ a: 'b', c: 'n', n: 'm' });
  });

  test('is not resolved by a row that is skipped', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, `${header}${person('a', 'b@example.com')}${person('b')}`, {
      mode: 'update',
    });
    expect(await given.outcomes(run)).toEqual(['skipped skip.missing', 'skipped skip.missing']);
  });
});

describe('undo of references', () => {
  test('takes records that refer to each other away', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, `${header}${person('z')}`);
    const before = await given.digestOf(tenant);
    const run = await given.import(
      tenant,
      `${header}${person('a', 'b@example.com')}${person('b', 'c@example.com')}${person('z', 'd@example.com')}${person('c', 'a@example.com')}${person('d', 'a@example.com')}`,
    );
    expect(run).toMatchObject({ created: 4, updated: 1 });
    const undone = await given.undo(run);
    expect(undone.undoReport).toEqual({ removed: 4, restored: 1, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('lets a record that stays keep its reference, and the records along the way', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      `${header}${person('a', 'b@example.com')}${person('b', 'c@example.com')}${person('c')}${person('d', 'a@example.com')}${person('e')}`,
    );
    await given.import(tenant, 'email,job_title\na@example.com,Dean\n');
    const undone = await given.undo(run);
    expect(undone.undoReport).toEqual({ removed: 2, restored: 0, leftAlone: 3 });
    expect(await referrals(tenant)).toEqual({ a: 'b', b: 'c', c: null });
  });

  test('lets a record stay to which somebody else refers by now', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      `${header}${person('a', 'b@example.com')}${person('b')}${person('c')}`,
    );
    await given.import(tenant, `${header}${person('x', 'a@example.com')}`);
    const undone = await given.undo(run);
    expect(undone.undoReport).toEqual({ removed: 1, restored: 0, leftAlone: 2 });
    expect(await referrals(tenant)).toEqual({ a: 'b', b: null, x: 'a' });
  });
});

describe('a reference to a member', () => {
  test('is found by e-mail, and a problem when nobody has it', async () => {
    const tenant = await given.tenant();
    const member = newId();
    await given.rows(
      tenant,
      `insert into members (tenant_id, id, email, role, created_at) values ($1, $2, 'sales@example.com', 'staff', now())`,
      [tenant, member],
    );
    const run = await given.import(
      tenant,
      'email,first_name,assigned_to\na@example.com,Ann,Sales@example.com\nb@example.com,Bob,nobody@example.com\n',
    );
    expect(await given.outcomes(run)).toEqual(['created', 'failed reference.not_found']);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'assigned_to',
      target: 'member',
      value: 'nobody@example.com',
    });
    expect((await given.customer(tenant, 'a@example.com')).assigned_to).toBe(member);
  });
});

test('a row that is skipped for another reason does not fail for its reference', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, `${header}${person('a')}`);
  const run = await given.import(tenant, 'email,assigned_to\na@example.com,nobody@example.com\n', {
    mode: 'create',
  });
  expect(await given.outcomes(run)).toEqual(['skipped skip.exists']);
});

test('a reference that is to be cleared may name anybody', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, `${header}${person('a', 'b@example.com')}${person('b')}`);
  const run = await given.import(tenant, 'email,referred_by,assigned_to\na@example.com,nobody,nobody\n', {
    write: ['referred_by=clear', 'assigned_to=clear'],
  });
  expect(await given.outcomes(run)).toEqual(['updated']);
  expect(await referrals(tenant)).toEqual({ a: null, b: null });
});
