import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';
import { locks } from '../../support/sessions.ts';

const given = useDatabase();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-import-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input?: string) {
  const environment = { ...given.environment, CLIENTELE_DATA: join(folder, 'data') };
  return runProgram(args, { environment, folder, ...(input === undefined ? {} : { input }) });
}

async function tenantSlug(): Promise<string> {
  const id = await given.tenant();
  const { rows } = await given.database.app.query('select slug from tenants where id = $1', [id]);
  return rows[0].slug;
}

const good = 'First Name,Last Name,Email\nAnn,Smith,ann@example.com\nBob,Brown,bob@example.com\n';
const oneWrong = 'First Name,Last Name,Email\nAnn,Smith,ann@example.com\nBob,Brown,not an address\n';

describe('clientele import', () => {
  test('ends with 0 when all rows went in, and prints one object for programs', async () => {
    const tenant = await tenantSlug();
    const { code, output, errors } = await run(['import', '-', '--tenant', tenant, '--json'], good);
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'done',
      read: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      skipped: 0,
      failed: 0,
      seconds: expect.any(Number),
      rows_per_second: expect.any(Number),
      problems: {},
    });
  });

  test('ends with 3 when a row failed, and writes it with its problem to the reject file', async () => {
    const tenant = await tenantSlug();
    const rejects = join(folder, 'rejects.csv');
    const results = join(folder, 'results.csv');
    const args = ['import', '-', '--tenant', tenant, '--json', '--rejects', rejects, '--results', results];
    const { code, output } = await run(args, oneWrong);
    expect(code).toBe(3);
    expect(JSON.parse(output)).toMatchObject({ created: 1, failed: 1, problems: { 'email.invalid': 1 } });
    const lines = (await readFile(rejects, 'utf8')).split('\n');
    expect(lines[0]).toMatch(/,First Name,Last Name,Email$/);
    expect(lines[1]).toMatch(/^2,email,email\.invalid,.*,Bob,Brown,not an address$/);
    expect(lines).toHaveLength(3);
    const fates = (await readFile(results, 'utf8')).trim().split('\n').slice(1);
    expect(fates[0]).toMatch(/^1,created,,[0-9a-f-]{36},CUST-000001$/);
    expect(fates[1]).toBe('2,failed,email.invalid,,');
  });

  test('ends with 1 when the run failed, says why in one line, and writes nothing', async () => {
    const tenant = await tenantSlug();
    const atomic = await run(['import', '-', '--tenant', tenant, '--atomic', '--json'], oneWrong);
    expect(atomic.code).toBe(1);
    expect(atomic.errors.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(atomic.output)).toMatchObject({
      state: 'failed',
      read: 2,
      created: 0,
      skipped: 1,
      failed: 1,
    });
    const empty = await run(['import', '-', '--tenant', tenant], '');
    expect(empty).toMatchObject({ code: 1, errors: expect.stringContaining('empty') });
  });

  test('ends with 2 when it is called wrongly', async () => {
    const tenant = await tenantSlug();
    for (const args of [
      ['import', '-'],
      ['import', '-', '--tenant', 'nobody'],
      ['import', join(folder, 'no-such-file.csv'), '--tenant', tenant],
      ['import', '-', '--tenant', tenant, '--mode', 'replace'],
      ['import', '-', '--tenant', tenant, '--map', 'Email=no_such_field'],
      ['import', '-', '--tenant', tenant, '--match', 'first_name'],
      ['import', '-', '--tenant', tenant, '--dataset', 'unicorns'],
      ['import', '-', '--tenant', tenant, '--frobnicate'],
    ]) {
      const { code, errors } = await run(args, good);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(errors.trim().split('\n')).toHaveLength(1);
    }
  });

  test('changes nothing in a dry run, and says what would change', async () => {
    const tenant = await tenantSlug();
    await run(['import', '-', '--tenant', tenant], good);
    const changed = good.replace('Brown', 'Green').concat('Cy,Young,cy@example.com\n');
    const { code, output } = await run(['import', '-', '--tenant', tenant, '--dry-run', '--json'], changed);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      state: 'checked',
      dry_run: true,
      created: 1,
      updated: 1,
      unchanged: 1,
      changed: { last_name: 1, display_name: 1 },
    });
    const again = await run(['import', '-', '--tenant', tenant, '--json'], good);
    expect(JSON.parse(again.output)).toMatchObject({ unchanged: 2, created: 0, updated: 0 });
  });

  test('takes the mapping, the rules and the required fields from its options', async () => {
    const tenant = await tenantSlug();
    const file = join(folder, 'odd.csv');
    await writeFile(file, 'who,code,colour\nAnn Smith,A-1,red\n');
    const args = [
      '--map',
      'who=display_name',
      '--map',
      'code=external_id',
      '--map',
      'colour=',
      '--require',
      'external_id',
    ];
    const { code, output } = await run(['import', file, '--tenant', tenant, '--json', ...args]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ created: 1 });
    const shown = await run(['imports', 'show', JSON.parse(output).id, '--json']);
    const { mapping } = JSON.parse(shown.output);
    expect(mapping.columns.map(({ field }: { field: string | null }) => field)).toEqual([
      'display_name',
      'external_id',
      null,
    ]);
  });
});

describe('the file that is imported', () => {
  test('may be a named pipe, whose writer is not left behind', async () => {
    const tenant = await tenantSlug();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const importing = run(['import', 'pipe', '--tenant', tenant, '--json']);
    execFile('/bin/sh', ['-c', `printf '${good}' > pipe`], { cwd: folder });
    const { code, output } = await importing;
    expect([code, JSON.parse(output).created]).toEqual([0, 2]);
  });

  test('cannot write to the terminal by its name or its columns', async () => {
    const tenant = await tenantSlug();
    const name = 'two\nlines\u001b[2J.csv';
    await writeFile(join(folder, name), 'Email,\u001b[31mRed\na@example.com,\u001b[5m\n');
    const args = ['import', name, '--tenant', tenant, '--dry-run'];
    const said = [(await run(args)).output, (await run(['imports', 'list', '--tenant', tenant])).output];
    for (const output of said) {
      expect(output).toContain('two\uFFFDlines\uFFFD[2J.csv');
      expect(output).not.toContain('\u001b');
    }
  });
});

describe('the files that an import writes', () => {
  test('are refused before anything is imported when they cannot be written', async () => {
    const tenant = await tenantSlug();
    await writeFile(join(folder, 'source.csv'), good);
    const refused: [option: string, path: string, reason: RegExp][] = [
      [
        '--rejects',
        'nowhere/rejects.csv',
        /^--rejects: "nowhere.rejects.csv" cannot be written, since there is no/,
      ],
      ['--results', '.', /^--results: "." is a folder/],
      ['--rejects', './source.csv', /^--rejects: ".\/source.csv" is the file that is imported/],
    ];
    for (const [option, path, reason] of refused) {
      const outcome = await run(['import', 'source.csv', '--tenant', tenant, option, path]);
      expect(outcome).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(reason) });
    }
    await symlink('source.csv', join(folder, 'linked.csv'));
    const linked = ['import', 'linked.csv', '--tenant', tenant, '--rejects', 'source.csv'];
    expect((await run(linked)).errors).toContain('"source.csv" is the file that is imported');
    const both = ['--rejects', 'one.csv', '--results', './one.csv'];
    expect(await run(['import', 'source.csv', '--tenant', tenant, ...both])).toMatchObject({ code: 2 });
    expect((await run(['imports', 'list', '--tenant', tenant])).output).toBe('Nothing was imported yet.\n');
    expect(await readFile(join(folder, 'source.csv'), 'utf8')).toBe(good);
  });

  test('fail the command, and not the import, when the disk is full', async () => {
    const tenant = await tenantSlug();
    const args = ['import', '-', '--tenant', tenant, '--json', '--rejects', '/dev/full'];
    const { code, output, errors } = await run(args, oneWrong);
    expect(code).toBe(1);
    const error = { code: 'file.unwritable' };
    expect(JSON.parse(output)).toMatchObject({ state: 'done', created: 1, failed: 1, error });
    expect(errors).toBe('"/dev/full" could not be written: the disk is full.\n');
  });

  test('leave a device, and the link to one, what they are', async () => {
    const tenant = await tenantSlug();
    await symlink('/dev/null', join(folder, 'null'));
    const args = ['import', '-', '--tenant', tenant, '--json', '--rejects', 'null', '--results', '/dev/null'];
    expect((await run(args, oneWrong)).code).toBe(3);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
    expect((await stat(join(folder, 'null'))).isCharacterDevice()).toBe(true);
  });
});

describe('clientele imports and audit', () => {
  test('list, show and undo a run, and leave the trail whole', async () => {
    const tenant = await tenantSlug();
    const { output } = await run(['import', '-', '--tenant', tenant, '--json'], good);
    const { id } = JSON.parse(output);
    const listed = JSON.parse((await run(['imports', 'list', '--tenant', tenant, '--json'])).output);
    expect(listed).toMatchObject([{ id, state: 'done', created: 2, file: 'standard input' }]);
    const undone = await run(['imports', 'undo', id, '--json']);
    expect(undone.code).toBe(0);
    expect(JSON.parse(undone.output)).toMatchObject({
      id,
      state: 'undone',
      removed: 2,
      restored: 0,
      left_alone: 0,
    });
    expect(await run(['imports', 'undo', id])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('undone already'),
    });
    expect(await run(['audit', 'verify', '--tenant', tenant])).toMatchObject({
      code: 0,
      output: expect.stringContaining('whole'),
    });
  });

  test('let an undo go to its end at Ctrl-C, and say how to leave it to others', async () => {
    const tenant = await tenantSlug();
    const { id } = JSON.parse((await run(['import', '-', '--tenant', tenant, '--json'], good)).output);
    const undone = await given.database.asOwner(async (owner) => {
      await owner.query('begin; lock table customers in access exclusive mode');
      const waiting = async () => {
        const text = locks(`relation = 'customers'::regclass and not granted`);
        while ((await owner.query(text)).rowCount === 0) await pause(20);
      };
      const ended = runProgram(['imports', 'undo', id, '--json'], {
        environment: { ...given.environment, CLIENTELE_DATA: join(folder, 'data') },
        signal: { name: 'SIGINT', when: waiting() },
      });
      await waiting();
      await pause(500);
      await owner.query('rollback');
      return ended;
    });
    expect(undone).toMatchObject({ code: 0, errors: expect.stringContaining('The undo goes to its end') });
    expect(JSON.parse(undone.output)).toMatchObject({ state: 'undone', removed: 2 });
  });

  test('undo what somebody changed since when forced to', async () => {
    const tenant = await tenantSlug();
    const { id } = JSON.parse((await run(['import', '-', '--tenant', tenant, '--json'], good)).output);
    const changed = good.replace(/Smith|Brown/g, 'Changed');
    expect(
      JSON.parse((await run(['import', '-', '--tenant', tenant, '--json'], changed)).output).updated,
    ).toBe(2);
    expect(await run(['imports', 'show', id, '--force'])).toMatchObject({ code: 2 });
    const undone = JSON.parse((await run(['imports', 'undo', id, '--force', '--json'])).output);
    expect(undone).toMatchObject({ removed: 2, left_alone: 0 });
  });

  test('cancel a run that rests, and not one that has ended', async () => {
    const tenant = await tenantSlug();
    const { output } = await run(['import', '-', '--tenant', tenant, '--json', '--dry-run'], good);
    const { id } = JSON.parse(output);
    expect(await run(['imports', 'cancel', id])).toMatchObject({ code: 0, output: 'Cancelled.\n' });
    const listed = JSON.parse((await run(['imports', 'list', '--tenant', tenant, '--json'])).output);
    expect(listed).toMatchObject([{ id, state: 'cancelled' }]);
    expect((await run(['imports', 'show', id])).output).toContain('Stopped, and nothing was written');
    const committed = JSON.parse((await run(['import', '-', '--tenant', tenant, '--json'], good)).output);
    expect(await run(['imports', 'cancel', committed.id])).toMatchObject({ code: 1, output: '' });
  });

  test('say that there is no such run', async () => {
    for (const verb of ['show', 'undo', 'cancel', 'approve']) {
      const { code, errors } = await run(['imports', verb, '019a9b3e-7c5e-7d43-8c11-5a3c7fb2d001']);
      expect({ verb, code }).toEqual({ verb, code: 2 });
      expect(errors).toContain('There is no import');
    }
  });
});
