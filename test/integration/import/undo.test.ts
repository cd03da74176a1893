/** Undo: what a run created goes, what it changed comes back, and what somebody changed since stays. */
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { beginUndo } from '../../../src/import/undo/undo.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3 });

const people =
  'email,first_name,job_title,city,tags,groups,paying_org,status\n' +
  'a@example.com,Ann,Dean,Leeds,"x,y",Gold,Org,lead\nb@example.com,Bob,Dean,York,,,,\nc@example.com,Cy,Dean,,,,,\nd@example.com,Dee,Dean,,,,,\n';

async function peopled(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, people);
  return tenant;
}

/** What was left alone, as `row code fields`. */
const leftAlone = async (run: ImportRun): Promise<string[]> =>
  (await given.problems(run)).map(({ row, code, details }) =>
    [row, code, details.fields].filter(Boolean).join(' '),
  );

describe('undo', () => {
  test('of creates leaves the tenant as it was', async () => {
    const tenant = await given.tenant();
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, people);
    const undone = await given.undo(run);
    expect(undone).toMatchObject({ state: 'undone', undoReport: { removed: 4, restored: 0, leftAlone: 0 } });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('of updates gives every field of every part its earlier value', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const run = await given.import(
      tenant,
      'email,first_name,job_title,city,country,tags,groups,paying_org,driver_notes,status,phone,username,note,date_of_birth,metadata,store_credit_balance\n' +
        'a@example.com,Anna,Rector,Hull,France,"y,z","Gold,Silver",Other,Ring,archived,+442079460000,Anna,Hello,1990-01-02,"{""a"": [1, null]}",12.50\n' +
        'b@example.com,Rob,,Hull,,q,Silver,Org,,guest,,,,,,\n',
    );
    expect(run.updated).toBe(2);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 2, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('of cleared fields brings them back', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const run = await given.import(
      tenant,
      'email,job_title,city,tags,groups,paying_org,status\na@example.com,,,,,,\n',
      { empty: 'clear' },
    );
    expect(run.updated).toBe(1);
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('of a run of creates, updates, unchanged, skipped and failed rows takes back the first two', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const run = await given.import(
      tenant,
      'email,first_name\nn1@example.com,New\na@example.com,Ann\nb@example.com,Rob\nwrong,No\nc@example.com,Cyd\nc@example.com,Cyr\nn2@example.com,New\n',
    );
    expect(run).toMatchObject({ created: 2, updated: 2, unchanged: 1, skipped: 1, failed: 1 });
    expect((await given.undo(run)).undoReport).toEqual({ removed: 2, restored: 2, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('is refused the second time', async () => {
    const tenant = await given.tenant();
    const undone = await given.undo(await given.import(tenant, people));
    await expect(given.undo(undone)).rejects.toMatchObject({ code: 'import.move' });
  });

  test('is refused to a run that wrote nothing', async () => {
    const tenant = await given.tenant();
    const dry = await given.import(tenant, people, { commit: false });
    await expect(given.undo(dry)).rejects.toMatchObject({ code: 'import.move' });
    const failed = await given.import(tenant, `${people}wrong,X\n`, { atomic: true });
    expect(failed.state).toBe('failed');
    await expect(given.undo(failed)).rejects.toMatchObject({
      code: 'import.move',
      message: expect.stringMatching(/wrote nothing/),
    });
  });

  test('keeps the counts of what the run did', async () => {
    const tenant = await given.tenant();
    const undone = await given.undo(await given.import(tenant, people));
    expect(undone).toMatchObject({ created: 4, updated: 0, unchanged: 0, skipped: 0, failed: 0 });
  });
});

describe('a field that somebody changed since', () => {
  test('stays, is listed, and the others go back', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'email,first_name,job_title,city\na@example.com,Anna,Rector,Hull\n',
    );
    await given.import(tenant, 'email,job_title\na@example.com,Provost\n');
    const undone = await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      first_name: 'Ann',
      job_title: 'Provost',
      city: 'Leeds',
    });
    expect(undone.undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 1 });
    expect(await leftAlone(undone)).toEqual(['1 undo.changed_since Job Title']);
  });

  test('in a part stays too', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'email,city,paying_org,date_of_birth\na@example.com,Hull,New,1990-01-02\n',
    );
    await given.import(tenant, 'email,city,paying_org\na@example.com,Bath,Newer\n');
    const undone = await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      city: 'Bath',
      paying_org: 'Newer',
      date_of_birth: null,
    });
    expect(await leftAlone(undone)).toEqual(['1 undo.changed_since Paying Org, City']);
  });

  test('and back again goes back', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const first = await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    const second = await given.import(tenant, 'email,job_title\na@example.com,Provost\n');
    await given.undo(second);
    expect((await given.undo(first)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('leaves the later change to be undone by itself', async () => {
    const tenant = await peopled();
    const first = await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    const second = await given.import(tenant, 'email,city\na@example.com,Hull\n');
    await given.undo(first);
    await given.undo(second);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({ job_title: 'Dean', city: 'Leeds' });
  });
});

describe('additions to tags and groups', () => {
  test('are taken back as additions, whatever came in since', async () => {
    const tenant = await peopled();
    const add = { write: ['tags=add', 'groups=add'] };
    const first = await given.import(tenant, 'email,tags,groups\na@example.com,new,Silver\n', add);
    await given.import(tenant, 'email,tags,groups\na@example.com,later,Bronze\n', add);
    await given.undo(first);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      tags: ['x', 'y', 'later'],
      groups: ['Bronze', 'Gold'],
    });
  });

  test('that were there before stay', async () => {
    const tenant = await peopled();
    const run = await given.import(tenant, 'email,tags,groups\na@example.com,"x,new","Gold,Silver"\n', {
      write: ['tags=add', 'groups=add'],
    });
    await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      tags: ['x', 'y'],
      groups: ['Gold'],
    });
  });

  test('that replaced others go, and the others come back', async () => {
    const tenant = await peopled();
    const run = await given.import(tenant, 'email,tags,groups\na@example.com,new,Silver\n');
    await given.import(tenant, 'email,tags,groups\na@example.com,later,Bronze\n', {
      write: ['tags=add', 'groups=add'],
    });
    await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      tags: ['later', 'x', 'y'],
      groups: ['Bronze', 'Gold'],
    });
  });

  test('are all undone in any order', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const add = { write: ['tags=add', 'groups=add'] };
    const first = await given.import(
      tenant,
      'email,tags,groups\na@example.com,p,P\nb@example.com,p,P\n',
      add,
    );
    const second = await given.import(
      tenant,
      'email,tags,groups\na@example.com,q,Q\nb@example.com,q,"P,Q"\n',
      add,
    );
    await given.undo(first);
    await given.undo(second);
    const after = await given.rows(tenant, 'select email, tags from customers order by email');
    expect(after.slice(0, 2)).toEqual([
      { email: 'a@example.com', tags: ['x', 'y'] },
      { email: 'b@example.com', tags: [] },
    ]);
    expect(await given.rows(tenant, 'select name from customer_groups')).toEqual([{ name: 'Gold' }]);
    await given.rows(tenant, 'update customers c set updated_at = created_at, updated_by = created_by');
    expect(await given.digestOf(tenant)).toBe(before);
  });
});

describe('a forced undo', () => {
  const force = async (run: ImportRun): Promise<ImportRun> => {
    await beginUndo(given.database, run.tenantId, run.id, null, { force: true });
    return given.drive(run.tenantId, run.id);
  };

  test('takes back what somebody has changed since, too', async () => {
    const tenant = await peopled();
    const run = await given.import(tenant, 'email,job_title,city\na@example.com,Rector,York\n');
    await given.import(tenant, 'email,job_title,phone\na@example.com,Provost,+442079460000\n');
    expect((await force(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      job_title: 'Dean',
      phone: '+442079460000',
    });
    expect((await given.within(tenant, verifyAudit)).faults).toEqual([]);
  });

  test('removes records that were changed or deleted since, and none that has records of its own', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people);
    await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    await given.rows(
      tenant,
      `update customers set deleted_at = now(), version = version + 1 where email = 'b@example.com'`,
    );
    await given.import(tenant, 'number,customer_email,total\n1,c@example.com,5\n', { dataset: 'orders' });
    expect((await force(run)).undoReport).toEqual({ removed: 3, restored: 0, leftAlone: 1 });
    expect(await given.rows(tenant, 'select email from customers')).toEqual([{ email: 'c@example.com' }]);
  });

  test('deletes a restored record again though somebody has written to it', async () => {
    const tenant = await peopled();
    await given.rows(
      tenant,
      `update customers set deleted_at = '2024-01-01', version = version + 1 where email = 'a@example.com'`,
    );
    const run = await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    await given.import(tenant, 'email,phone\na@example.com,+442079460000\n');
    expect((await force(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
    expect((await given.customer(tenant, 'a@example.com')).deleted_at).not.toBeNull();
  });

  test('leaves a value that another record has by now', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,username\na@example.com,first\n');
    const run = await given.import(tenant, 'email,username\na@example.com,second\n');
    await given.import(tenant, 'email,username\nb@example.com,first\n');
    expect((await force(run)).undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
  });
});

test('a group that a later run has emptied is there when that run is undone after the one that made it', async () => {
  const tenant = await given.tenant();
  const made = await given.import(tenant, 'email,first_name,groups\nz@example.com,Zoe,Gold\n');
  const emptied = await given.import(tenant, 'email,first_name,groups\nz@example.com,Zoe,\n', {
    empty: 'clear',
  });
  await given.undo(made);
  await given.undo(emptied);
  expect((await given.customer(tenant, 'z@example.com')).groups).toEqual(['Gold']);
});

describe('a part that the run brought into being', () => {
  test('goes with it', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, 'email,city,tax_id,driver_notes\nc@example.com,Hull,T1,Ring\n');
    await given.undo(run);
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('stays with what somebody added to it since', async () => {
    const tenant = await peopled();
    const run = await given.import(tenant, 'email,city,paying_org\nc@example.com,Hull,Org\n');
    await given.import(tenant, 'email,postal_code,driver_notes\nc@example.com,HU1,Ring\n');
    await given.undo(run);
    expect(await given.customer(tenant, 'c@example.com')).toMatchObject({
      city: null,
      postal_code: 'HU1',
      paying_org: null,
      driver_notes: 'Ring',
      has_care: true,
    });
  });

  test('goes when what was added since was undone before', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const first = await given.import(tenant, 'email,city,paying_org\nc@example.com,Hull,Org\n');
    const second = await given.import(tenant, 'email,postal_code,driver_notes\nc@example.com,HU1,Ring\n');
    await given.undo(second);
    await given.undo(first);
    expect(await given.digestOf(tenant)).toBe(before);
  });
});

describe('a created record', () => {
  test('that was changed since stays, and is listed', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people);
    await given.import(tenant, 'email,job_title\nb@example.com,Rector\n');
    const undone = await given.undo(run);
    expect(undone.undoReport).toEqual({ removed: 3, restored: 0, leftAlone: 1 });
    expect(await leftAlone(undone)).toEqual(['2 undo.kept']);
    expect(Object.keys(await given.column(tenant, 'id'))).toEqual(['b@example.com']);
  });

  test('that was changed without a trace stays', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people);
    await given.rows(
      tenant,
      `update customers set job_title = 'Rector', version = version + 1 where email = 'b@example.com'`,
    );
    expect((await given.undo(run)).undoReport).toEqual({ removed: 3, restored: 0, leftAlone: 1 });
  });

  test('that was changed and changed back goes', async () => {
    const tenant = await given.tenant();
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, people);
    const changes = [
      'job_title,tags\nb@example.com,Rector,t',
      'city,groups\nb@example.com,Hull,G',
      'status\nb@example.com,archived',
    ];
    const later: ImportRun[] = [];
    for (const change of changes) later.push(await given.import(tenant, `email,${change}\n`));
    for (const one of later.reverse()) await given.undo(one);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 4, restored: 0, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test.each([
    ['a note', 'email,note\nb@example.com,Called\n', {}],
    [
      'an address',
      'customer,address_line1,city,country_code\nb@example.com,1 High St,York,GB\n',
      { dataset: 'addresses' },
    ],
  ])('that has got %s of its own since stays', async (_, content, asked) => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people);
    await given.import(tenant, content, asked);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 3, restored: 0, leftAlone: 1 });
  });

  test('that was deleted since stays deleted', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, people);
    await given.rows(
      tenant,
      `update customers set deleted_at = now(), version = version + 1 where email = 'b@example.com'`,
    );
    expect((await given.undo(run)).undoReport).toEqual({ removed: 3, restored: 0, leftAlone: 1 });
  });
});

describe('a unique value', () => {
  test('that another record has by now is not given back', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,username\na@example.com,first\n');
    const run = await given.import(tenant, 'email,username,job_title\na@example.com,second,Rector\n');
    await given.import(tenant, 'email,username\nb@example.com,FIRST\n');
    const undone = await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      username: 'second',
      username_norm: 'second',
      job_title: 'Dean',
    });
    expect(await leftAlone(undone)).toEqual(['1 undo.changed_since Username']);
  });

  test('that only a deleted record has is given back', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,username\na@example.com,first\n');
    const run = await given.import(tenant, 'email,username\na@example.com,second\n');
    await given.import(tenant, 'email,username\nb@example.com,first\n');
    await given.rows(tenant, `update customers set deleted_at = now() where email = 'b@example.com'`);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
  });
});

describe('a record that the run restored', () => {
  const deleteAnn = (tenant: string) =>
    given.rows(
      tenant,
      `update customers set deleted_at = '2024-01-01', version = version + 1 where email = 'a@example.com'`,
    );

  test('is deleted again', async () => {
    const tenant = await peopled();
    await deleteAnn(tenant);
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    expect(run.updated).toBe(1);
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 0 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('does not get an e-mail back that another has by now, when it stays', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,external_id\na@example.com,x1\n');
    await deleteAnn(tenant);
    const run = await given.import(tenant, 'external_id,email\nx1,new@example.com\n');
    await given.import(tenant, 'email,first_name\na@example.com,Another\n');
    await given.import(tenant, 'email,job_title\nnew@example.com,Rector\n');
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 0, leftAlone: 1 });
    expect(await given.column(tenant, 'first_name')).toMatchObject({ 'a@example.com': 'Another' });
  });

  test('leaves an e-mail that both gave up to the record which was there', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,external_id\na@example.com,x1\n');
    await deleteAnn(tenant);
    await given.import(tenant, 'email,first_name,external_id\na@example.com,Another,x2\n', {
      match: ['external_id'],
    });
    const run = await given.import(tenant, 'external_id,email\nx1,new@example.com\nx2,other@example.com\n');
    await given.import(tenant, 'email,job_title\nnew@example.com,Rector\n');
    expect((await given.undo(run)).undoReport).toEqual({ removed: 0, restored: 1, leftAlone: 1 });
    expect(await given.column(tenant, 'first_name')).toMatchObject({ 'a@example.com': 'Another' });
  });

  test('stays when somebody has written to it since', async () => {
    const tenant = await peopled();
    await deleteAnn(tenant);
    const run = await given.import(tenant, 'email,job_title\na@example.com,Rector\n');
    await given.import(tenant, 'email,city\na@example.com,Bath\n');
    const undone = await given.undo(run);
    expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
      deleted_at: null,
      job_title: 'Dean',
      city: 'Bath',
    });
    expect(await leftAlone(undone)).toEqual(['1 undo.changed_since The restored record']);
  });

  test('is deleted again though another has its e-mail by now', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,external_id\na@example.com,x1\n');
    await deleteAnn(tenant);
    const before = await given.digestOf(tenant);
    const run = await given.import(tenant, 'external_id,email\nx1,other@example.com\n', {
      match: ['external_id'],
    });
    const taker = await given.import(tenant, 'email,first_name\na@example.com,Taker\n', {
      match: ['email'],
      deleted: 'skip',
    });
    expect(taker.created).toBe(1);
    await given.undo(run);
    await given.undo(taker);
    expect(await given.digestOf(tenant)).toBe(before);
  });
});

test('several imports undone in the order in which they came leave nothing but what each later one wrote', async () => {
  const tenant = await given.tenant();
  const before = await given.digestOf(tenant);
  const runs = [
    await given.import(tenant, people),
    await given.import(tenant, 'email,first_name,tags\na@example.com,Anna,t\nn@example.com,New,\n', {
      write: ['tags=add'],
    }),
    await given.import(tenant, 'email,first_name,city\nn@example.com,Newer,Bath\nm@example.com,M,\n'),
  ];
  for (const run of runs.reverse()) await given.undo(run);
  expect(await given.digestOf(tenant)).toBe(before);
});
