import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { type BatchResult, importBatch, updateBatch } from '../../../src/import/batch/batch.ts';
import type { BatchOptions } from '../../../src/import/batch/batch-options.ts';
import { rejectRows } from '../../../src/import/batch/reject-rows.ts';
import { loadRun } from '../../../src/import/run.ts';
import { newId } from '../../../src/platform/ids.ts';
import { useImports } from '../../support/import.ts';
import { asAdmin } from '../../support/server.ts';

const given = useImports();

const send = (
  tenantId: string,
  rows: readonly unknown[],
  asked: Partial<BatchOptions> = {},
): Promise<BatchResult> =>
  importBatch(given.database, {
    tenantId,
    by: null,
    dataset: 'customers',
    source: 'json import',
    rows,
    ...asked,
  });

const update = (tenantId: string, updates: readonly unknown[], atomic = false): Promise<BatchResult> =>
  updateBatch(given.database, { tenantId, by: null, source: 'bulk-update', updates, atomic });

/** `outcome code` of each row. */
const said = ({ outcomes }: BatchResult): string[] =>
  outcomes.map(({ outcome, problems }) => [outcome, ...problems.map(({ code }) => code)].join(' '));

const messages = ({ outcomes }: BatchResult): string[] =>
  outcomes.map(({ problems }) => problems.map(({ message }) => message).join(' '));

const customers = (count: number, from = 0): { email: string; first_name: string }[] =>
  Array.from({ length: count }, (_, i) => ({
    email: `c${from + i}@example.com`,
    first_name: `First ${from + i}`,
  }));

describe('a batch of JSON rows', () => {
  test('creates customers with all their parts, and answers each with its id and number', async () => {
    const tenant = await given.tenant();
    const result = await send(tenant, [
      {
        email: 'Ada@Example.com',
        name: 'Ada Lovelace',
        acceptsMarketing: true,
        Tags: ['vip', 'maths'],
        groups: ['Gold'],
        note: 'Called',
        address: '1 High Street',
        city: 'Leeds',
        totalRevenue: 12.5,
        metadata: { a: [1, null] },
        paying_org: 'Org',
      },
      { email: 'acme@example.com', company: 'Acme', annual_revenue: 1e6 },
    ]);
    expect(result.counts).toEqual({ created: 2, updated: 0, unchanged: 0, skipped: 0, failed: 0 });
    expect(result.ignoredKeys).toEqual([]);
    const ada = await given.customer(tenant, 'ada@example.com');
    expect(ada).toMatchObject({
      id: result.outcomes[0]?.id,
      number: 'CUST-000001',
      first_name: 'Ada',
      last_name: 'Lovelace',
      display_name: 'Ada Lovelace',
      marketing_opt_in: true,
      tags: ['vip', 'maths'],
      groups: ['Gold'],
      notes: ['Called'],
      address_line1: '1 High Street',
      total_spent: '12.5000',
      metadata: { a: [1, null] },
      paying_org: 'Org',
      is_individual: true,
      has_care: true,
    });
    expect(await given.customer(tenant, 'acme@example.com')).toMatchObject({
      type: 'company',
      number: result.outcomes[1]?.number,
      annual_revenue: '1000000.0000',
      is_business: true,
    });
  });

  test('is a run of the history, with counts, an unbroken trail, and nothing left in staging', async () => {
    const tenant = await given.tenant();
    const { importId } = await send(tenant, [...customers(2), { email: 'broken' }], { source: 'bulk' });
    const run = await given.within(tenant, (tx) => loadRun(tx, importId));
    expect(run).toMatchObject({ state: 'done', fileName: 'bulk', rowsRead: 3, created: 2, failed: 1 });
    expect(await given.outcomes(run)).toEqual(['created', 'created', 'failed email.invalid']);
    expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
    const left = await given.rows(tenant, 'select count(*)::int as rows from staging.customers');
    expect(left).toEqual([{ rows: 0 }]);
    const actions = await given.rows(tenant, 'select action from audit_entries order by seq');
    expect(actions.map(({ action }) => action)).toEqual(['import.commit', 'import.done']);
  });

  test('advances the epoch, so that a file which was checked before is checked again', async () => {
    const tenant = await given.tenant();
    const epoch = (): Promise<unknown> =>
      given.rows(tenant, `select value::int from tenant_counters where name = 'import_epoch'`);
    await send(tenant, customers(1));
    expect(await epoch()).toEqual([{ value: 1 }]);
    await send(tenant, customers(1));
    expect(await epoch()).toEqual([{ value: 1 }]);
  });

  test('is undone to the very digest before it', async () => {
    const tenant = await given.tenant();
    await send(
      tenant,
      customers(5).map((row) => ({ ...row, tags: ['a'], city: 'Leeds', groups: 'Gold' })),
    );
    const before = await given.digestOf(tenant);
    const { importId, counts } = await send(tenant, [
      { email: 'c0@example.com', first_name: 'Other', tags: ['b'] },
      { email: 'c1@example.com', city: 'York', groups: ['Silver'] },
      { email: 'c2@example.com', phone: '+442079460000', username: 'Two' },
      { email: 'new@example.com', first_name: 'New', groups: ['Bronze'] },
    ]);
    expect(counts).toMatchObject({ created: 1, updated: 3 });
    expect(await given.digestOf(tenant)).not.toBe(before);
    const undone = await given.undo(await given.within(tenant, (tx) => loadRun(tx, importId)));
    expect(undone.state).toBe('undone');
    expect(await given.digestOf(tenant)).toBe(before);
    expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  });

  test('leaves the customers of another tenant alone', async () => {
    const [tenant, other] = [await given.tenant(), await given.tenant()];
    const theirs = await send(other, customers(2));
    const before = await given.digestOf(other);
    await send(
      tenant,
      customers(2).map((row) => ({ ...row, id: theirs.outcomes[0]?.id })),
    );
    const updated = await update(tenant, [{ customer_id: theirs.outcomes[0]?.id, first_name: 'Taken' }]);
    expect(said(updated)).toEqual(['failed reference.not_found']);
    expect(await given.digestOf(other)).toBe(before);
    await expect(withTenant(given.database, tenant, (tx) => loadRun(tx, theirs.importId))).rejects.toThrow(
      'no import',
    );
  });

  test('takes none at all', async () => {
    const result = await send(await given.tenant(), []);
    expect(result).toMatchObject({ outcomes: [], counts: { created: 0, failed: 0 } });
  });
});

describe('keys of a row', () => {
  test('are ignored and reported when no field that can be imported has the name', async () => {
    const tenant = await given.tenant();
    const result = await send(tenant, [
      { email: 'a@example.com', first_name: 'A', favouriteColour: 'red', __proto__: { x: 1 } },
      { email: 'b@example.com', first_name: 'B', updated_at: 'now', constructor: 1, favouriteColour: 'blue' },
    ]);
    expect(said(result)).toEqual(['created', 'created']);
    expect(result.ignoredKeys).toEqual(['favouriteColour', 'updated_at', 'constructor']);
  });

  test('of which two mean the same field are a problem of the row', async () => {
    const result = await send(await given.tenant(), [
      { email: 'a@example.com', 'E-mail': 'b@example.com', first_name: 'A' },
    ]);
    expect(messages(result)).toEqual(['The keys "email" and "E-mail" both mean Email.']);
  });

  test('that a row has not leave the field; null leaves or clears it as the call says', async () => {
    const tenant = await given.tenant();
    const rows = [
      { email: 'a@example.com', first_name: 'A', job_title: 'Dean', industry: 'Rail', tags: ['x'] },
      { email: 'b@example.com', first_name: 'B', job_title: 'Rector', industry: 'Road', tags: ['y'] },
    ];
    await send(tenant, rows);
    const changes = [
      { email: 'a@example.com', job_title: null, tags: null },
      { email: 'b@example.com', industry: '' },
    ];
    expect(said(await send(tenant, changes))).toEqual(['unchanged', 'unchanged']);
    expect(said(await send(tenant, changes, { empty: 'clear' }))).toEqual(['updated', 'updated']);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      job_title: null,
      industry: 'Rail',
      tags: [],
    });
    expect(await given.customer(tenant, 'b@example.com')).toMatchObject({
      job_title: 'Rector',
      industry: null,
      tags: ['y'],
    });
  });

  test('that a row has not are not cleared by a rule either', async () => {
    const tenant = await given.tenant();
    const people = ['a', 'b'].map((name) => ({
      email: `${name}@example.com`,
      first_name: name,
      job_title: 'Dean',
    }));
    await send(tenant, people);
    const rows = [
      { email: 'a@example.com', job_title: 'Rector' },
      { email: 'b@example.com', industry: 'Rail' },
    ];
    await send(tenant, rows, { write: { job_title: 'clear' } });
    expect(await given.column(tenant, 'job_title')).toEqual({
      'a@example.com': null,
      'b@example.com': 'Dean',
    });
  });

  test('count for the record when rows that mean the same are merged', async () => {
    const tenant = await given.tenant();
    await send(tenant, [{ email: 'a@example.com', first_name: 'A', job_title: 'Dean' }]);
    const rows = [
      { email: 'a@example.com', job_title: null },
      { email: 'a@example.com', first_name: 'Ann' },
    ];
    const merged = await send(tenant, rows, { empty: 'clear', duplicates: 'merge' });
    expect(merged.outcomes.map(({ outcome }) => outcome)).toEqual(['skipped', 'updated']);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      first_name: 'Ann',
      job_title: null,
    });
  });

  test('give a name in one row and its parts in another, each by its own rule', async () => {
    const tenant = await given.tenant();
    await send(tenant, [
      { email: 'a@example.com', name: 'Ada Lovelace' },
      { email: 'b@example.com', first_name: 'Bob', last_name: 'Bell' },
      { email: 'c@example.com', company: 'Acme' },
    ]);
    const renamed = [
      { email: 'a@example.com', name: 'Ada King' },
      { email: 'b@example.com', last_name: 'Lee' },
      { email: 'c@example.com', name: 'Acme Rail Works' },
    ];
    expect(said(await send(tenant, renamed))).toEqual(['updated', 'updated', 'updated']);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      first_name: 'Ada',
      last_name: 'King',
    });
    expect(await given.customer(tenant, 'b@example.com')).toMatchObject({
      first_name: 'Bob',
      display_name: 'Bob Lee',
    });
    expect(await given.customer(tenant, 'c@example.com')).toMatchObject({
      type: 'company',
      first_name: null,
      display_name: 'Acme Rail Works',
    });
  });
});

describe('values of a row', () => {
  test('of the wrong kind are problems that name their field', async () => {
    const result = await send(await given.tenant(), [
      { email: ['a@example.com'], first_name: { a: 1 } },
      { email: 'b@example.com', first_name: 'B', tags: [{ name: 'x' }] },
      { email: 'c@example.com', first_name: 'C\0', metadata: [1] },
      { email: 'd@example.com', first_name: 'D', total_spent: 'a lot', date_of_birth: '1991-02-30' },
      'a text',
      null,
      [1],
    ]);
    expect(messages(result)).toEqual([
      'Email: Email is one value, and not a list. First Name: First Name is one value, and not an object.',
      'Tags: Tags are a list of texts.',
      'First Name: The cell holds a NUL character, which text cannot. Metadata: Metadata is an object.',
      'Date of Birth: "1991-02-30" is no day of the calendar. Total Spent: "a lot" is not a number.',
      'The row is not a JSON object: it is a string.',
      'The row is not a JSON object: it is null.',
      'The row is not a JSON object: it is a list.',
    ]);
  });

  test('are taken as they are typed: apostrophes, markup, numbers and leading zeros', async () => {
    const tenant = await given.tenant();
    const row = {
      email: 'a@example.com',
      first_name: "'=1+1",
      last_name: '<b>Bold</b>',
      postal_code: '01234',
    };
    await send(tenant, [{ ...row, total_spent: 1.234, external_id: 12345678901 }]);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      ...row,
      total_spent: '1.2340',
      external_id: '12345678901',
    });
  });
});

describe('what keeps a row out has its own text:', () => {
  const asked = {
    match: ['email'],
    required: ['first_name', 'last_name', 'email'],
    duplicates: 'first',
  } as const;
  const row = { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com' };

  test.each([
    [
      'a duplicate e-mail',
      'create',
      row,
      'skipped skip.exists',
      'A customer with the Email "ada@example.com" exists already.',
    ],
    [
      'an e-mail that is not found',
      'update',
      { ...row, email: 'no@example.com' },
      'skipped skip.missing',
      'There is no customer with the Email "no@example.com".',
    ],
    [
      'a malformed e-mail',
      'create',
      { ...row, email: 'ada@' },
      'failed email.invalid',
      'Email: "ada@" is not an e-mail address.',
    ],
    [
      'an unknown value',
      'create',
      { ...row, email: 'x@example.com', account_status: 'sleeping' },
      'failed enum.unknown',
      'Account Status: "sleeping" is not one of the values allowed. Allowed: active, suspended, closed.',
    ],
    [
      'a missing field',
      'create',
      { ...row, email: 'x@example.com', last_name: ' ' },
      'failed value.required',
      'Last Name is missing.',
    ],
    [
      'a text that is too long',
      'create',
      { ...row, email: 'x@example.com', first_name: 'x'.repeat(256) },
      'failed text.too_long',
      'First Name: The text has 256 characters; 255 are allowed.',
    ],
    [
      'a member that is not there',
      'create',
      { ...row, email: 'x@example.com', assignedTo: 'no@example.com' },
      'failed reference.not_found',
      'There is no member "no@example.com".',
    ],
  ] as const)('%s', async (_, mode, sent, outcome, message) => {
    const tenant = await given.tenant();
    await send(tenant, [row], { ...asked, mode: 'create' });
    const result = await send(tenant, [sent], { ...asked, mode });
    expect(said(result)).toEqual([outcome]);
    expect(messages(result)).toEqual([message]);
  });

  test('a duplicate within the call', async () => {
    const rows = [row, { ...row, first_name: 'Other' }];
    const result = await send(await given.tenant(), rows, { ...asked, mode: 'create' });
    expect(said(result)).toEqual(['created', 'skipped skip.duplicate']);
    expect(messages(result)[1]).toBe('Row 1 means the same record and is the one that counts.');
    const both = await send(await given.tenant(), rows, { ...asked, mode: 'create', duplicates: 'fail' });
    expect(said(both)).toEqual(['failed duplicate.in_file', 'failed duplicate.in_file']);
  });

  test('a constraint that no check knows of fails the row alone', async () => {
    const tenant = await given.tenant();
    await given.database.asOwner((owner) =>
      owner.query(`alter table customers add constraint no_zed check (first_name <> 'Zed')`),
    );
    try {
      await send(tenant, customers(1, 50));
      const rows = [
        ...customers(9),
        { email: 'zed@example.com', first_name: 'Zed' },
        { email: 'c50@example.com', first_name: 'Zed' },
        ...customers(3, 20),
      ];
      const result = await send(tenant, rows);
      expect(result.counts).toEqual({ created: 12, updated: 0, unchanged: 0, skipped: 0, failed: 2 });
      expect(said(result).slice(9, 11)).toEqual(['failed row.refused', 'failed row.refused']);
      expect(messages(result)[9]).toBe('The database does not take the row: a value breaks a rule (no_zed).');
      expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
      const all = await send(tenant, [{ email: 'zed@example.com', first_name: 'Zed' }, ...customers(1, 30)], {
        atomic: true,
      });
      expect(said(all)).toEqual(['failed row.refused', 'skipped skip.atomic']);
    } finally {
      await given.database.asOwner((owner) => owner.query('alter table customers drop constraint no_zed'));
    }
  });

  test('a value that staging does not take fails the row alone', async () => {
    const tenant = await given.tenant();
    const asLoader = (sql: string): Promise<unknown> =>
      asAdmin(given.logins.loader, (loader) => loader.query(`alter table staging.customers ${sql}`));
    await asLoader(`add constraint no_zed check (city <> 'Zed')`);
    try {
      const result = await send(tenant, [
        ...customers(2),
        { email: 'zed@example.com', first_name: 'Z', city: 'Zed' },
      ]);
      expect(said(result)).toEqual(['created', 'created', 'failed row.refused']);
    } finally {
      await asLoader('drop constraint no_zed');
    }
  });
});

describe('all or nothing', () => {
  test('writes nothing when a row fails, and says of each row why', async () => {
    const tenant = await given.tenant();
    await send(tenant, customers(1));
    const before = await given.digestOf(tenant);
    const rows = [{ email: 'c0@example.com', first_name: 'Other' }, ...customers(1, 1), { email: 'broken' }];
    const result = await send(tenant, rows, { atomic: true });
    expect(said(result)).toEqual(['skipped skip.atomic', 'skipped skip.atomic', 'failed email.invalid']);
    expect(await given.digestOf(tenant)).toBe(before);
    const run = await given.within(tenant, (tx) => loadRun(tx, result.importId));
    expect(run).toMatchObject({ state: 'failed', created: 0, skipped: 2, failed: 1 });
    expect(run.failure?.message).toContain('1 of 3 rows failed');
  });

  test('writes everything when none does', async () => {
    const tenant = await given.tenant();
    expect((await send(tenant, customers(3), { atomic: true })).counts.created).toBe(3);
  });
});

describe('options', () => {
  test('defaults fill new customers and no others', async () => {
    const tenant = await given.tenant();
    const defaults = { segment: 'VIP', job_title: 'Dean' };
    await send(tenant, customers(1));
    await send(tenant, [...customers(2), { ...customers(1, 2)[0], job_title: 'Rector' }], { defaults });
    expect(await given.column(tenant, `segment || ' ' || coalesce(job_title, '-')`)).toEqual({
      'c0@example.com': 'new -',
      'c1@example.com': 'vip Dean',
      'c2@example.com': 'vip Rector',
    });
  });

  test('that name no field, or a default that is no value, are refused', async () => {
    const tenant = await given.tenant();
    await expect(send(tenant, customers(1), { match: ['shoe size'] })).rejects.toThrow(
      'no field "shoe size"',
    );
    await expect(send(tenant, customers(1), { defaults: { type: 'robot' } })).rejects.toThrow(
      'cannot be used',
    );
  });

  test('write rules hold as for a file', async () => {
    const tenant = await given.tenant();
    await send(tenant, [{ ...customers(1)[0], tags: ['a'], job_title: 'Dean' }]);
    await send(tenant, [{ email: 'c0@example.com', tags: ['b'], jobTitle: 'Rector' }], {
      write: { tags: 'add', job_title: 'fill' },
    });
    expect(await given.customer(tenant, 'c0@example.com')).toMatchObject({
      tags: ['a', 'b'],
      job_title: 'Dean',
    });
  });

  test('phone as a match key finds the one who has it', async () => {
    const tenant = await given.tenant();
    await send(tenant, [{ ...customers(1)[0], phone: '+44 20 7946 0000' }]);
    const result = await send(tenant, [{ phone: '+442079460000', first_name: 'Found' }], {
      match: ['phone'],
    });
    expect(said(result)).toEqual(['updated']);
  });

  test('rows refer to each other within the call', async () => {
    const tenant = await given.tenant();
    const result = await send(tenant, [
      { ...customers(1)[0], referred_by: 'c1@example.com' },
      ...customers(1, 1),
      { ...customers(1, 2)[0], referred_by: 'nobody@example.com' },
    ]);
    expect(said(result)).toEqual(['created', 'created', 'failed reference.not_found']);
    expect(await given.column(tenant, 'referred_by')).toEqual({
      'c0@example.com': result.outcomes[1]?.id,
      'c1@example.com': null,
    });
  });

  test('a deleted customer who matches is restored, or skipped', async () => {
    const tenant = await given.tenant();
    await send(tenant, customers(1));
    await given.rows(tenant, 'update customers set deleted_at = now()');
    expect(said(await send(tenant, customers(1), { deleted: 'skip' }))).toEqual(['skipped skip.deleted']);
    expect(said(await send(tenant, customers(1)))).toEqual(['updated']);
  });
});

describe('a batch of addresses', () => {
  test('goes the same way', async () => {
    const tenant = await given.tenant();
    await send(tenant, customers(1));
    const address = {
      customer: 'c0@example.com',
      street: '1 High Street',
      city: 'Leeds',
      country: 'United Kingdom',
    };
    const result = await send(
      tenant,
      [
        { ...address, is_default_billing: true },
        { ...address, customer: 'x' },
      ],
      {
        dataset: 'addresses',
      },
    );
    expect(said(result)).toEqual(['created', 'failed reference.not_found']);
    expect(said(await send(tenant, [address], { dataset: 'addresses' }))).toEqual(['unchanged']);
  });
});

describe('a batch of updates', () => {
  test('finds each customer by id, number or external id, and changes the given fields only', async () => {
    const tenant = await given.tenant();
    const made = await send(tenant, [
      { ...customers(1)[0], job_title: 'Dean', industry: 'Rail' },
      { ...customers(1, 1)[0], external_id: 'x-1', industry: 'Road' },
      { ...customers(1, 2)[0], industry: 'Air' },
    ]);
    const result = await update(tenant, [
      { customer_id: made.outcomes[0]?.id?.toUpperCase(), industry: null },
      { customerId: 'x-1', first_name: 'Found', id: newId() },
      { 'Customer ID': made.outcomes[2]?.number, city: 'York' },
      { customer_id: 'x-1', first_name: 'Twice' },
      { customer_id: 'nobody', first_name: 'X' },
      { first_name: 'X' },
    ]);
    expect(said(result)).toEqual([
      'updated',
      'failed duplicate.in_file',
      'updated',
      'failed duplicate.in_file',
      'failed reference.not_found',
      'failed value.required',
    ]);
    expect(messages(result).slice(4)).toEqual(['There is no customer "nobody".', 'Customer ID is missing.']);
    expect(result.outcomes[2]?.id).toBe(made.outcomes[2]?.id);
    expect(result.ignoredKeys).toEqual(['id']);
    expect(await given.customer(tenant, 'c0@example.com')).toMatchObject({
      job_title: 'Dean',
      industry: null,
    });
    expect(await given.customer(tenant, 'c2@example.com')).toMatchObject({ industry: 'Air', city: 'York' });
  });

  test('changes an e-mail, but to none that another has', async () => {
    const tenant = await given.tenant();
    const made = await send(tenant, customers(3));
    const result = await update(tenant, [
      { customer_id: made.outcomes[0]?.id, email: 'c1@example.com' },
      { customer_id: made.outcomes[2]?.id, email: 'fresh@example.com' },
    ]);
    expect(said(result)).toEqual(['failed unique.taken', 'updated']);
    expect(messages(result)[0]).toBe('Email "c1@example.com" belongs to another record.');
  });

  test('all or nothing writes nothing when one names nobody', async () => {
    const tenant = await given.tenant();
    const made = await send(tenant, customers(1));
    const before = await given.digestOf(tenant);
    const updates = [{ customer_id: made.outcomes[0]?.id, first_name: 'X' }, { customer_id: 'nobody' }];
    expect(said(await update(tenant, updates, true))).toEqual([
      'skipped skip.atomic',
      'failed reference.not_found',
    ]);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('does not see a deleted customer', async () => {
    const tenant = await given.tenant();
    const made = await send(tenant, customers(1));
    await given.rows(tenant, 'update customers set deleted_at = now()');
    const result = await update(tenant, [{ customer_id: made.outcomes[0]?.number, first_name: 'X' }]);
    expect(said(result)).toEqual(['failed reference.not_found']);
  });
});

describe('failed rows as a file', () => {
  test('have their problems first, then their own keys, and come in again when they are mended', async () => {
    const tenant = await given.tenant();
    const rows = [
      ...customers(1),
      { email: 'broken', first_name: 'He said "x"', tags: ['a', 'b'], colour: null },
      7,
    ];
    const { outcomes } = await send(tenant, rows);
    const text = rejectRows(outcomes, rows);
    expect(text).toBe(
      'problem_row,problem_fields,problem_codes,problems,email,first_name,tags,colour\n' +
        '2,email,email.invalid,"Email: ""broken"" is not an e-mail address.",broken,"He said ""x""","[""a"",""b""]",\n' +
        '3,,row.unreadable,The row is not a JSON object: it is a number.,,,,\n',
    );
    const run = await given.import(tenant, text.replace(',broken,', ',mended@example.com,'));
    expect(run).toMatchObject({ created: 1, failed: 1 });
    expect(await given.customer(tenant, 'mended@example.com')).toMatchObject({ tags: ['a', 'b'] });
  });

  test('are a header alone when none failed', async () => {
    expect(rejectRows([], [])).toBe('problem_row,problem_fields,problem_codes,problems\n');
  });
});
