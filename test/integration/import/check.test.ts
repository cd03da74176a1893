/** The check: it writes nothing, and its answer is what commit then does, unless records changed in between. */
import { describe, expect, test } from 'vitest';
import { takeLease, whileLeased } from '../../../src/import/lease.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import * as steps from '../../../src/import/steps.ts';
import { neverStops } from '../../../src/import/stopping.ts';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3 });

const people =
  'email,first_name,job_title,username\na@example.com,Ann,Dean,ann\nb@example.com,Bob,Dean,bob\nc@example.com,Cy,Dean,cy\nd@example.com,Dee,Dean,dee\n';

async function peopled(): Promise<string> {
  const tenant = await given.tenant();
  await given.import(tenant, people);
  return tenant;
}

const five = ({ created, updated, unchanged, skipped, failed }: ImportRun) => ({
  created,
  updated,
  unchanged,
  skipped,
  failed,
});

const mixed =
  'email,first_name,job_title,groups,note\na@example.com,Anna,Dean,G,N\nb@example.com,Bob,Dean,,\nn@example.com,New,,G,N\nwrong,X,,,\nn@example.com,Newer,,H,\nc@example.com,Cy,Rector,,\n,Y,,,\n';

describe('a dry run', () => {
  test('answers what would become of each row, and writes nothing', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    const dry = await given.import(tenant, mixed, { commit: false });
    expect(dry.state).toBe('checked');
    expect(await given.digestOf(tenant)).toBe(before);
    expect(await given.outcomes(dry)).toEqual([
      'updated',
      'unchanged',
      'skipped skip.duplicate',
      'failed email.invalid',
      'created',
      'updated',
      'failed value.required',
    ]);
    const wet = await given.import(tenant, mixed);
    expect(five(wet)).toEqual(five(dry));
    expect(await given.outcomes(wet)).toEqual(await given.outcomes(dry));
  });

  test('of an all-or-nothing import answers that nothing would be written', async () => {
    const tenant = await peopled();
    const dry = await given.import(tenant, mixed, { commit: false, atomic: true });
    expect(five(dry)).toEqual({ created: 0, updated: 0, unchanged: 1, skipped: 4, failed: 2 });
    expect(five(await given.import(tenant, mixed, { atomic: true }))).toEqual(five(dry));
  });

  test('leaves nothing in staging', async () => {
    const tenant = await peopled();
    await given.import(tenant, mixed, { commit: false });
    expect(await given.rows(tenant, 'select from staging.customers')).toEqual([]);
  });

  test('leaves no numbers out', async () => {
    const tenant = await peopled();
    await given.import(tenant, 'email,first_name\nn@example.com,New\n', { commit: false });
    await given.import(tenant, 'email,first_name\nn@example.com,New\n');
    expect((await given.customer(tenant, 'n@example.com')).number).toBe('CUST-000005');
  });
});

describe('what a run requires', () => {
  test('is an e-mail unless told otherwise', async () => {
    const tenant = await given.tenant();
    const content = 'email,first_name\n,Ann\n';
    expect(await given.outcomes(await given.import(tenant, content))).toEqual(['failed value.required']);
    expect(await given.outcomes(await given.import(tenant, content, { require: [] }))).toEqual(['created']);
  });

  test('is asked of new records alone, by name', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'email,first_name,city,phone\na@example.com,Ann,,\nn@example.com,New,Leeds,\nm@example.com,M,Leeds,+442079460000\n',
      { require: ['city', 'phone'] },
    );
    expect(await given.outcomes(run)).toEqual(['unchanged', 'failed value.required', 'created']);
    expect((await given.problems(run))[0]?.details).toEqual({ field: 'phone', label: 'Phone Number' });
  });

  test('is met by a default', async () => {
    const run = await given.import(await given.tenant(), 'email,first_name\na@example.com,Ann\n', {
      require: ['status', 'display_name'],
    });
    expect(run.created).toBe(1);
  });

  test('is not met by a column that is to be cleared', async () => {
    const run = await given.import(
      await given.tenant(),
      'email,first_name,job_title\na@example.com,Ann,Dean\n',
      {
        require: ['job_title'],
        write: ['job_title=clear'],
      },
    );
    expect(run.failed).toBe(1);
  });
});

describe('an import of all or nothing', () => {
  test('writes all when every row is well', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'email,first_name,groups,referred_by\nn@example.com,New,G,m@example.com\na@example.com,Anna,H,\nb@example.com,Bob,,n@example.com\nm@example.com,M,,\n',
      { atomic: true },
    );
    expect(run).toMatchObject({ state: 'done', created: 2, updated: 2, failed: 0 });
    const [row] = await given.rows(
      tenant,
      `select r.email from customers c join customers r on r.id = c.referred_by where c.email = 'n@example.com'`,
    );
    expect(row?.email).toBe('m@example.com');
  });

  test('writes nothing when one row fails, in the file or in the check', async () => {
    const tenant = await peopled();
    const before = await given.digestOf(tenant);
    for (const wrong of ['wrong,X,\n', ',X,\n']) {
      const run = await given.import(
        tenant,
        `email,first_name,groups\nn@example.com,New,G\na@example.com,Anna,\nb@example.com,Bob,\n${wrong}`,
        {
          atomic: true,
        },
      );
      expect(run).toMatchObject({ state: 'failed', failure: { code: 'import.failed' } });
      expect(five(run)).toEqual({ created: 0, updated: 0, unchanged: 1, skipped: 2, failed: 1 });
      expect((await given.outcomes(run)).slice(0, 3)).toEqual([
        'skipped skip.atomic',
        'skipped skip.atomic',
        'unchanged',
      ]);
      expect(await given.digestOf(tenant)).toBe(before);
    }
  });
});

/** Brings a run up to the moment after its check, when it may begin to write. */
async function checkOnly(tenant: string, content: string, asked = {}): Promise<string> {
  const id = await given.take(tenant, content, asked);
  const lease = await takeLease(given.database, tenant, id);
  if (lease === null) throw new Error('A new run has no other holder.');
  await whileLeased(given.database, lease, async () => {
    for (const step of [steps.inspect, steps.map, steps.beginCheck, steps.check]) {
      const run = await given.within(tenant, (tx) => loadRun(tx, id));
      await step({ database: given.database, run, lease, watch: () => undefined, stop: neverStops });
    }
  });
  return id;
}

const touch = (tenant: string, email: string, set: string) =>
  given.rows(
    tenant,
    `update customers set ${set}, version = version + 1, updated_at = now() where email = $1`,
    [email],
  );

describe('between check and commit', () => {
  const content =
    'email,first_name,job_title\na@example.com,Anna,Dean\nb@example.com,Rob,Dean\nc@example.com,Cy,Rector\nd@example.com,Dee,Dean\nn@example.com,New,\n';

  test('a record that changed is left as it is, and its row fails and says so', async () => {
    const tenant = await peopled();
    const id = await checkOnly(tenant, content);
    await touch(tenant, 'a@example.com', `website = 'https://ann.example'`);
    const run = await given.drive(tenant, id);
    expect(await given.outcomes(run)).toEqual([
      'failed changed_since_check',
      'updated',
      'updated',
      'unchanged',
      'created',
    ]);
    expect(five(run)).toEqual({ created: 1, updated: 2, unchanged: 1, skipped: 0, failed: 1 });
    expect((await given.customer(tenant, 'a@example.com')).first_name).toBe('Ann');
  });

  test('a record that became what its row wants is unchanged', async () => {
    const tenant = await peopled();
    const id = await checkOnly(tenant, content);
    await touch(tenant, 'a@example.com', `first_name = 'Anna', display_name = 'Anna'`);
    const run = await given.drive(tenant, id);
    expect(await given.outcomes(run)).toEqual(['unchanged', 'updated', 'updated', 'unchanged', 'created']);
    expect(five(run)).toEqual({ created: 1, updated: 2, unchanged: 2, skipped: 0, failed: 0 });
  });

  test('a value that somebody took keeps the row out, new or not', async () => {
    const tenant = await peopled();
    const id = await checkOnly(
      tenant,
      'email,first_name,username\na@example.com,Ann,taken1\nn@example.com,New,taken2\nm@example.com,M,free\n',
    );
    await touch(tenant, 'c@example.com', `username = 'Taken1', username_norm = 'taken1'`);
    await touch(tenant, 'd@example.com', `username = 'Taken2', username_norm = 'taken2'`);
    const run = await given.drive(tenant, id);
    expect(await given.outcomes(run)).toEqual([
      'failed changed_since_check',
      'failed changed_since_check',
      'created',
    ]);
    expect((await given.problems(run)).map(({ row, code }) => `${row} ${code}`)).toEqual([
      '1 changed_since_check',
      '2 changed_since_check',
    ]);
  });

  test('a record that was deleted is not written', async () => {
    const tenant = await peopled();
    const id = await checkOnly(tenant, content);
    await touch(tenant, 'a@example.com', 'deleted_at = now()');
    expect((await given.outcomes(await given.drive(tenant, id)))[0]).toBe('failed changed_since_check');
  });

  test('a change makes an import of all or nothing write nothing', async () => {
    const tenant = await peopled();
    const id = await checkOnly(tenant, content.replace('job_title', 'groups'), { atomic: true });
    await touch(tenant, 'c@example.com', `website = 'https://cy.example'`);
    const before = await given.digestOf(tenant);
    const run = await given.drive(tenant, id);
    expect(run.state).toBe('failed');
    expect(await given.outcomes(run)).toEqual([
      'skipped skip.atomic',
      'skipped skip.atomic',
      'failed changed_since_check',
      'skipped skip.atomic',
      'skipped skip.atomic',
    ]);
    expect(five(run)).toEqual({ created: 0, updated: 0, unchanged: 0, skipped: 4, failed: 1 });
    expect(await given.digestOf(tenant)).toBe(before);
  });

  test('another import makes the check be done again', async () => {
    const tenant = await peopled();
    const id = await checkOnly(tenant, content);
    await given.import(
      tenant,
      'email,first_name,job_title\na@example.com,Anna,Dean\nb@example.com,Bobby,Provost\nn@example.com,New,\n',
    );
    const run = await given.drive(tenant, id);
    expect(await given.outcomes(run)).toEqual(['unchanged', 'updated', 'updated', 'unchanged', 'unchanged']);
  });

  test('a reference whose record did not come to be is missing with a warning, or keeps a row out', async () => {
    const tenant = await peopled();
    const id = await checkOnly(
      tenant,
      'email,first_name,username,referred_by\nn@example.com,New,,m@example.com\na@example.com,Ann,,m@example.com\nm@example.com,M,taken,\n',
    );
    await touch(tenant, 'c@example.com', `username = 'taken', username_norm = 'taken'`);
    const run = await given.drive(tenant, id);
    expect(await given.outcomes(run)).toEqual([
      'created',
      'failed changed_since_check',
      'failed changed_since_check',
    ]);
    expect(five(run)).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 0, failed: 2 });
    expect((await given.problems(run)).map(({ row, code, outcome }) => `${row} ${code} ${outcome}`)).toEqual([
      '1 reference.not_found warning',
      '2 changed_since_check fail',
      '3 changed_since_check fail',
    ]);
    expect((await given.customer(tenant, 'a@example.com')).referred_by).toBeNull();
  });
});

describe('the result file', () => {
  test('says of each row what became of it, with id and number', async () => {
    const tenant = await peopled();
    const run = await given.import(
      tenant,
      'email,first_name\nn@example.com,New\na@example.com,Ann\nwrong,X\nb@example.com,Rob\n',
    );
    const of = async (email: string) => {
      const { id, number } = await given.customer(tenant, email);
      return `${id},${number}`;
    };
    expect((await given.resultText(run)).split(/\r?\n/)).toEqual([
      'row,outcome,reason,id,number',
      `1,created,,${await of('n@example.com')}`,
      `2,unchanged,,${await of('a@example.com')}`,
      '3,failed,email.invalid,,',
      `4,updated,,${await of('b@example.com')}`,
      '',
    ]);
  });
});
