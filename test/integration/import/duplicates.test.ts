/** Rows of one file that mean the same record, and values that two rows of it share. */
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

const thrice =
  'email,first_name,job_title\nann@example.com,First,\nbob@example.com,Bob,\nann@example.com,Second,Dean\nANN@example.com,Third,\n';

describe('of rows that mean the same new record', () => {
  test('the last one counts, and the others name it', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, thrice);
    expect(await given.outcomes(run)).toEqual([
      'skipped skip.duplicate',
      'created',
      'skipped skip.duplicate',
      'created',
    ]);
    expect((await given.problems(run)).map(({ row, details }) => [row, details])).toEqual([
      [1, { kept: 4 }],
      [3, { kept: 4 }],
    ]);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Third',
      job_title: null,
    });
  });

  test('the first one counts when the run says so', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, thrice, { duplicates: 'first' });
    expect(await given.outcomes(run)).toEqual([
      'created',
      'created',
      'skipped skip.duplicate',
      'skipped skip.duplicate',
    ]);
    expect((await given.customer(tenant, 'ann@example.com')).first_name).toBe('First');
  });

  test('all are merged when the run says so: a later value stands, a blank covers nothing', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, thrice, { duplicates: 'merge' });
    expect(await given.outcomes(run)).toEqual([
      'skipped skip.duplicate',
      'created',
      'skipped skip.duplicate',
      'created',
    ]);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Third',
      job_title: 'Dean',
    });
  });

  test('all fail when the run says so, each with the rows', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, thrice, { duplicates: 'fail' });
    expect(await given.outcomes(run)).toEqual([
      'failed duplicate.in_file',
      'created',
      'failed duplicate.in_file',
      'failed duplicate.in_file',
    ]);
    expect((await given.problems(run))[0]?.details).toMatchObject({ rows: '1, 3, 4' });
  });

  test('one that is wrong in itself does not count', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, 'email,first_name\nann@example.com,Ann\nann@example.com,\n');
    expect(await given.outcomes(run)).toEqual(['created', 'failed value.required']);
  });
});

describe('of rows that mean the same record, by different keys,', () => {
  const setUp = async (): Promise<string> => {
    const tenant = await given.tenant();
    await given.import(tenant, 'external_id,email,first_name\nx1,ann@example.com,Ann\n');
    return tenant;
  };
  const content = 'external_id,email,first_name,tags\nx1,,Anna,a\n,ann@example.com,Anne,\n';

  test('the last one counts', async () => {
    const tenant = await setUp();
    const run = await given.import(tenant, content);
    expect(await given.outcomes(run)).toEqual(['skipped skip.duplicate', 'updated']);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({ first_name: 'Anne', tags: [] });
  });

  test('the last one counts though it changes nothing', async () => {
    const tenant = await setUp();
    const run = await given.import(tenant, 'external_id,email,first_name\nx1,,Anna\n,ann@example.com,Ann\n');
    expect(await given.outcomes(run)).toEqual(['skipped skip.duplicate', 'unchanged']);
    expect((await given.customer(tenant, 'ann@example.com')).first_name).toBe('Ann');
  });

  test('all are merged when the run says so', async () => {
    const tenant = await setUp();
    const run = await given.import(tenant, content, { duplicates: 'merge' });
    expect(await given.outcomes(run)).toEqual(['skipped skip.duplicate', 'updated']);
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      first_name: 'Anne',
      tags: ['a'],
    });
  });
});

describe('merging', () => {
  test('takes what was made of a value from the row that has the value', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,name,phone,country\nann@example.com,Ann Lee,+44 20 7946 0000,France\nann@example.com,Cher,0123 456,Atlantis\n',
      { duplicates: 'merge' },
    );
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      display_name: 'Cher',
      first_name: 'Cher',
      last_name: null,
      phone: '0123 456',
      phone_e164: null,
      country: 'Atlantis',
      country_code: null,
    });
  });

  test('keeps every type of value as it is', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,store_credit_balance,date_of_birth,last_contact_at,tags,metadata,sms_opt_in\n' +
        'ann@example.com,Ann,12.3400,1990-02-28,2024-05-06T07:08:09.123456Z,"a,b","{""n"": 1.50, ""s"": ""\\\\n""}",yes\n' +
        'ann@example.com,,,,,,,\n',
      { duplicates: 'merge' },
    );
    expect(await given.customer(tenant, 'ann@example.com')).toMatchObject({
      store_credit_balance: '12.3400',
      date_of_birth: '1990-02-28',
      last_contact_at: '2024-05-06 07:08:09.123456+00',
      tags: ['a', 'b'],
      metadata: { n: 1.5, s: '\\n' },
      sms_opt_in: true,
    });
  });

  test('copes with a file that has every field there is', async () => {
    const tenant = await given.tenant();
    const { dataset } = await given.import(tenant, 'email,first_name\nann@example.com,Ann\n');
    const keys = dataset.importable
      .map((field) => field.key)
      .filter((key) => key !== 'email' && key !== 'first_name');
    const blanks = ','.repeat(keys.length);
    const run = await given.import(
      tenant,
      `email,first_name,${keys.join(',')}\nann@example.com,Anna${blanks}\nann@example.com,${blanks}\n`,
      { duplicates: 'merge' },
    );
    expect(await given.outcomes(run)).toEqual(['skipped skip.duplicate', 'updated']);
    expect((await given.customer(tenant, 'ann@example.com')).first_name).toBe('Anna');
  });
});

describe('a value that must be unique', () => {
  test('and that two rows share is a problem of both', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      'email,first_name,referral_code\nann@example.com,Ann,R1\nbob@example.com,Bob,R2\ncy@example.com,Cy,R1\n',
    );
    expect(await given.outcomes(run)).toEqual([
      'failed duplicate.in_file',
      'created',
      'failed duplicate.in_file',
    ]);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'referral_code',
      label: 'Referral Code',
      value: 'R1',
      rows: '1, 3',
    });
  });

  test('is compared as its field compares it: a username without regard to case, a code with', async () => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      'email,first_name,username,referral_code\nann@example.com,Ann,Annie,r1\nbob@example.com,Bob,ANNIE,R2\ncy@example.com,Cy,cy,R1\n',
    );
    expect(await given.outcomes(run)).toEqual([
      'failed duplicate.in_file',
      'failed duplicate.in_file',
      'created',
    ]);
  });

  test('and that a record has is a problem of every other row that brings it', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,username\nann@example.com,Ann,Annie\n');
    const run = await given.import(
      tenant,
      'email,first_name,username\nbob@example.com,Bob,annie\nann@example.com,Ann,annie\n',
    );
    expect(await given.outcomes(run)).toEqual(['failed unique.taken', 'updated']);
    expect((await given.problems(run))[0]?.details).toEqual({
      field: 'username',
      label: 'Username',
      value: 'annie',
    });
  });

  test('is taken though its holder gives it up in this very run', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,username\nann@example.com,Ann,one\nbob@example.com,Bob,two\n',
    );
    const run = await given.import(
      tenant,
      'email,first_name,username\nann@example.com,Ann,three\nbob@example.com,Bob,one\n',
    );
    expect(await given.outcomes(run)).toEqual(['updated', 'failed unique.taken']);
    const again = await given.import(tenant, 'email,first_name,username\nbob@example.com,Bob,one\n');
    expect(await given.outcomes(again)).toEqual(['updated']);
  });

  test('cannot be swapped in one run', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'number,email,first_name\nA,ann@example.com,Ann\nB,bob@example.com,Bob\n');
    const run = await given.import(tenant, 'number,email\nA,bob@example.com\nB,ann@example.com\n', {
      match: ['number'],
    });
    expect(await given.outcomes(run)).toEqual(['failed unique.taken', 'failed unique.taken']);
  });

  test('is free again when its holder is deleted', async () => {
    const tenant = await given.tenant();
    await given.import(tenant, 'email,first_name,referral_code\nann@example.com,Ann,R1\n');
    await given.rows(tenant, 'update customers set deleted_at = now()');
    const run = await given.import(tenant, 'email,first_name,referral_code\nbob@example.com,Bob,R1\n');
    expect(await given.outcomes(run)).toEqual(['created']);
  });

  test('that is to be cleared clashes with nothing', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,referral_code\nann@example.com,Ann,R1\nbob@example.com,Bob,R2\n',
    );
    const run = await given.import(tenant, 'email,referral_code\nann@example.com,R2\nbob@example.com,R2\n', {
      write: ['referral_code=clear'],
    });
    expect(await given.outcomes(run)).toEqual(['updated', 'updated']);
    expect(await given.column(tenant, 'referral_code')).toEqual({
      'ann@example.com': null,
      'bob@example.com': null,
    });
  });

  test('that rows do not write clashes with nothing', async () => {
    const tenant = await given.tenant();
    await given.import(
      tenant,
      'email,first_name,referral_code\nann@example.com,Ann,R1\nbob@example.com,Bob,\n',
    );
    const run = await given.import(tenant, 'email,referral_code\nann@example.com,R3\nbob@example.com,R1\n', {
      write: ['referral_code=never'],
    });
    expect(await given.outcomes(run)).toEqual(['unchanged', 'unchanged']);
  });
});
