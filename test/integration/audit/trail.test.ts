/** The audit trail: every change is in the journal once, and nothing can be altered in it without being found. */
import { beforeAll, describe, expect, test } from 'vitest';
import { appendAudit } from '../../../src/audit/append.ts';
import { type AuditVerdict, verifyAudit } from '../../../src/audit/verify.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 2 });

const verify = (tenant: string): Promise<AuditVerdict> => given.within(tenant, verifyAudit);

const as = (email: string, fields: string): string => `${email}@example.com,${fields}\n`;

/** A tenant with creates, updates of every part, references, defaults that pass on, and undo. */
async function busyTenant(): Promise<string> {
  const tenant = await given.tenant();
  const header = 'email,first_name,city,tags,referred_by\n';
  const names = ['a', 'b', 'c', 'd', 'e'];
  await given.import(tenant, header + names.map((name) => as(name, `${name},Leeds,t,`)).join(''));
  await given.import(
    tenant,
    header + as('a', 'A,York,u,n@example.com') + as('n', 'N,,,') + as('b', 'b,Hull,,') + as('c', 'C,,,'),
  );
  const flagged = 'customer,address_line1,city,country_code,is_default_billing\n';
  await given.import(tenant, flagged + as('a', '1 High St,York,GB,yes') + as('b', '2 Low St,York,GB,yes'), {
    dataset: 'addresses',
  });
  const later = await given.import(
    tenant,
    header + as('a', 'Anna,Bath,v,b@example.com') + as('m', 'M,,,') + as('d', 'd,,,m@example.com'),
  );
  await given.undo(later);
  return tenant;
}

describe('the journal', () => {
  test('has one change for each record that a run updated, and none for one that it created', async () => {
    const tenant = await given.tenant();
    const header = 'email,first_name,referred_by\n';
    await given.import(tenant, header + as('a', 'A,') + as('b', 'B,') + as('c', 'C,'));
    const run = await given.import(
      tenant,
      header + as('a', 'Anna,') + as('b', 'B,n@example.com') + as('c', 'C,') + as('n', 'N,'),
    );
    expect(run).toMatchObject({ created: 1, updated: 2, unchanged: 1 });
    const changes = await given.rows(
      tenant,
      'select c.email, h.row from changes h join customers c on c.id = h.record_id where h.import_id = $1 order by 1',
      [run.id],
    );
    expect(changes).toEqual([
      { email: 'a@example.com', row: 1 },
      { email: 'b@example.com', row: 2 },
    ]);
  });

  test('has what was there before and after, of the fields that changed alone', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,job_title,tags\na@example.com,Ann,Dean,x\n');
    const run = await given.import(
      tenant,
      'email,first_name,job_title,tags\na@example.com,Anna,Dean,"x,y"\n',
      { by: newId() },
    );
    const [change] = await given.rows(tenant, 'select * from changes where import_id = $1', [run.id]);
    expect(change).toMatchObject({
      dataset: 'customers',
      phase: 'commit',
      changed_by: run.createdBy,
      before: { first_name: 'Ann', display_name: 'Ann', tags: ['x'], updated_by: null },
      after: { first_name: 'Anna', display_name: 'Anna', tags: ['x', 'y'], updated_by: run.createdBy },
    });
    expect(Object.keys(change?.before as object).sort()).toEqual([
      'display_name',
      'first_name',
      'tags',
      'updated_at',
      'updated_by',
    ]);
  });

  test('counts as many changes as the record has later versions', async () => {
    const tenant = await busyTenant();
    const odd = await given.rows(
      tenant,
      `select email from customers c where version <> 1 + (select count(*) from changes h where h.record_id = c.id and h.dataset = 'customers')`,
    );
    expect(odd).toEqual([]);
  });
});

test('the trail of a tenant with creates, updates, references and undo is whole, and says nothing of its customers', async () => {
  const tenant = await busyTenant();
  const verdict = await verify(tenant);
  expect(verdict.faults).toEqual([]);
  expect(verdict.changes).toBeGreaterThan(5);
  const entries = await given.rows(tenant, 'select action, detail from audit_entries order by seq');
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['import.commit', 'import.undo', 'import.done', 'import.undone']),
  );
  expect(JSON.stringify(entries)).not.toMatch(/example\.com|Leeds|Anna/);
});

test('the trail of a tenant where nothing happened is whole', async () => {
  expect(await verify(await given.tenant())).toEqual({ entries: 0, changes: 0, faults: [] });
});

/** The program's own login may not alter the trail, so this is whoever owns the database; row security is taken off for it. */
async function tamper(tenant: string, statements: string): Promise<readonly string[]> {
  const tables = ['audit_entries', 'audit_heads', 'changes'];
  await given.database.asOwner(async (owner) => {
    for (const table of tables) await owner.query(`alter table ${table} no force row level security`);
    try {
      await owner.query(statements.replaceAll('$tenant', `'${tenant}'`));
    } finally {
      for (const table of tables) await owner.query(`alter table ${table} force row level security`);
    }
  });
  return (await verify(tenant)).faults.map(({ says }) => says);
}

describe('verifying finds', () => {
  let tenant: string;
  beforeAll(async () => {
    tenant = await busyTenant();
    for (const table of ['audit_entries', 'audit_heads', 'changes'])
      await tamper(tenant, `create table kept_${table} as select * from ${table} where tenant_id = $tenant`);
  });

  const restore = ['audit_entries', 'audit_heads', 'changes']
    .map(
      (table) =>
        `delete from ${table} where tenant_id = $tenant; insert into ${table} select * from kept_${table};`,
    )
    .join(' ');

  const entry = (seq: string): string =>
    `update audit_entries set $set where tenant_id = $tenant and seq = ${seq}`;
  const change =
    'update changes set $set where tenant_id = $tenant and id = (select min(id::text)::uuid from changes where tenant_id = $tenant)';

  test.each([
    ['an entry’s action', entry('3').replace('$set', `action = 'import.nothing'`)],
    ['an entry’s subject', entry('3').replace('$set', `subject_id = '${newId()}'`)],
    ['an entry’s detail', entry('3').replace('$set', `detail = detail || '{"created": 0}'`)],
    ['an entry’s actor', entry('3').replace('$set', `actor = '${newId()}'`)],
    ['an entry’s time', entry('3').replace('$set', `at = at + interval '1 microsecond'`)],
    ['an entry’s digest', entry('1').replace('$set', `digest = sha256('x')`)],
    ['an entry’s hash', entry('3').replace('$set', `hash = sha256('x')`)],
    ['the head’s hash', `update audit_heads set hash = sha256('x') where tenant_id = $tenant`],
    ['a change’s value before', change.replace('$set', `before = before || '{"first_name": "X"}'`)],
    ['a change’s value after', change.replace('$set', `after = after || '{"first_name": "X"}'`)],
    ['a change’s record', change.replace('$set', `record_id = '${newId()}'`)],
    ['a change’s author', change.replace('$set', `changed_by = '${newId()}'`)],
    ['a change’s time', change.replace('$set', `changed_at = changed_at + interval '1 day'`)],
    ['a change’s run', change.replace('$set', `import_id = '${newId()}'`)],
    ['a change’s row', change.replace('$set', 'row = row + 1')],
    ['a change with a digest to match', change.replace('$set', `digest = sha256('x')`)],
  ])('%s edited', async (_, statement) => {
    await tamper(tenant, restore);
    expect((await verify(tenant)).faults).toEqual([]);
    expect(await tamper(tenant, statement)).not.toEqual([]);
  });

  test.each([
    [
      'an entry in the middle',
      `delete from audit_entries where tenant_id = $tenant and seq = 4`,
      /Between the entries 3 and 5 one is missing/,
    ],
    [
      'two entries in the middle',
      `delete from audit_entries where tenant_id = $tenant and seq in (4, 5)`,
      /Between the entries 3 and 6 2 are missing/,
    ],
    [
      'the first entry',
      `delete from audit_entries where tenant_id = $tenant and seq = 1`,
      /Between the entries 0 and 2 one is missing/,
    ],
    [
      'the last entries',
      `delete from audit_entries where tenant_id = $tenant and seq > 6`,
      /The chain ends at entry 6, and its head is at/,
    ],
    [
      'all entries and the head',
      `delete from audit_entries where tenant_id = $tenant; delete from audit_heads where tenant_id = $tenant`,
      /No entry speaks of the change/,
    ],
    [
      'a change',
      `delete from changes where tenant_id = $tenant and id = (select min(id::text)::uuid from changes where tenant_id = $tenant)`,
      /The changes of entry \d+ are not those it was written for/,
    ],
    [
      'all changes',
      `delete from changes where tenant_id = $tenant`,
      /The changes of entry \d+ are not those it was written for/,
    ],
  ])('%s removed', async (_, statement, says) => {
    await tamper(tenant, restore);
    expect(await tamper(tenant, statement)).toEqual(expect.arrayContaining([expect.stringMatching(says)]));
  });

  test('two entries that changed places', async () => {
    await tamper(tenant, restore);
    const faults = await tamper(
      tenant,
      'update audit_entries set seq = case seq when 3 then -4 else -3 end where tenant_id = $tenant and seq in (3, 4); update audit_entries set seq = -seq where tenant_id = $tenant and seq < 0',
    );
    expect(faults).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Entry 3 is not what was written/)]),
    );
  });

  test('a change that was added', async () => {
    await tamper(tenant, restore);
    const forged = (importId: string): string =>
      `insert into changes select tenant_id, gen_random_uuid(), dataset, record_id, ${importId}, phase, chunk, row, before, after, parts_created, part_ids, salt, digest, changed_by, changed_at
       from changes where tenant_id = $tenant limit 1`;
    expect(await tamper(tenant, forged('import_id'))).toEqual(
      expect.arrayContaining([expect.stringMatching(/are not those it was written for/)]),
    );
    await tamper(tenant, restore);
    expect(await tamper(tenant, forged('null'))).toEqual(
      expect.arrayContaining([expect.stringMatching(/No entry speaks of the change/)]),
    );
  });

  test('what is wrong in one tenant in that tenant alone', async () => {
    await tamper(tenant, restore);
    const other = await busyTenant();
    await tamper(tenant, `delete from changes where tenant_id = $tenant`);
    expect((await verify(other)).faults).toEqual([]);
  });
});

test('the program’s own login can neither edit nor remove what is in the trail', async () => {
  const tenant = await given.tenant();
  await given.import(tenant, 'email,first_name\na@example.com,Ann\n');
  for (const statement of [
    'update audit_entries set actor = null',
    'delete from audit_entries',
    'delete from changes',
    'delete from audit_heads',
  ]) {
    await expect(given.rows(tenant, statement)).rejects.toMatchObject({ code: '42501' });
  }
});

test('entries that several transactions append at once make one chain', async () => {
  const tenant = await given.tenant();
  const append = (n: number) =>
    given.within(tenant, (tx) =>
      appendAudit(tx, {
        action: 'test',
        subjectType: 'test',
        subjectId: null,
        detail: { n },
        digest: null,
        actor: null,
        at: '2026-01-01T00:00:00Z',
      }),
    );
  await Promise.all(Array.from({ length: 20 }, (_, n) => append(n)));
  expect(await verify(tenant)).toEqual({ entries: 20, changes: 0, faults: [] });
});
