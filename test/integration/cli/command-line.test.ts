import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';
import { locks } from '../../support/sessions.ts';

const given = useDatabase();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-folder-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => runProgram(args, { environment: given.environment, folder });

describe('the program', () => {
  test('runs on Node 22.18 or newer from another folder, and through links', async () => {
    const first = join(folder, 'first');
    const second = join(folder, 'second');
    await symlink(fileURLToPath(new URL('../../../bin/clientele', import.meta.url)), first);
    await symlink('first', second);
    await symlink(fileURLToPath(new URL('../../../bin', import.meta.url)), join(folder, 'programs'));
    expect((await runProgram(['--version'], { path: join(folder, 'programs', 'clientele') })).code).toBe(0);
    const { code, output } = await runProgram(['--version'], { path: second, folder });
    expect(code).toBe(0);
    const [, major, minor] = /Node (\d+)\.(\d+)/.exec(output) ?? [];
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(2218);
  });

  test('lists every command with the first line of its help', async () => {
    const { code, output } = await run('--help');
    expect(code).toBe(0);
    for (const load of Object.values(commands)) {
      const { help } = await load();
      expect(output).toContain(help.split('\n')[0]);
    }
  });

  test('lists the commands when it is called with nothing', async () => {
    expect(await run()).toEqual(await run('--help'));
  });

  test.each(Object.keys(commands))('prints the help at the top of %s, without a database', async (name) => {
    const { help } = (await commands[name]?.()) ?? {};
    const environment = { DATABASE_URL: 'postgres://nobody@localhost:1/nothing' };
    const { code, output, errors } = await runProgram([name, '--help'], { environment });
    expect({ code, output, errors }).toEqual({ code: 0, output: `${help}\n`, errors: '' });
    expect(help).toMatch(new RegExp(`^clientele ${name}: `));
    expect(help).toContain(`\n\nUsage: clientele ${name}`);
  });

  test('answers a wrong call with 2, one line, and where help is', async () => {
    expect(await run('tenant', 'list', '--colour')).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/^Unknown option '--colour'.* Try "clientele tenant --help"\.\n$/),
    });
    expect(await run('conquer')).toMatchObject({
      code: 2,
      errors: 'There is no command "conquer". Try "clientele --help".\n',
    });
    expect(await run('tenant', 'create')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/needs a name/),
    });
    expect(await run('tenant', 'create', 'A', 'B')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/"B" is one argument too many/),
    });
    expect(await run('constructor')).toMatchObject({ code: 2 });
  });

  test('says what may have been meant', async () => {
    const meant: [args: string[], says: string][] = [
      [['improt', 'x.csv'], 'There is no command "improt"; did you mean "import"? Try "clientele --help".'],
      [['help', 'temp'], 'did you mean "templates"?'],
      [['import', 'a.csv', '--dry-rn'], `Unknown option '--dry-rn'; did you mean --dry-run? Try`],
      [['import', '-x.csv'], 'a file of such a name is written ./-x.csv'],
    ];
    for (const [args, says] of meant) expect((await run(...args)).errors).toContain(says);
  });

  test('gives a program that asks for JSON one object also when it refuses', async () => {
    for (const [args, code] of [
      [['import', 'nowhere.csv', '--tenant', 'none', '--json'], 'tenant.not_found'],
      [['imports', 'show', 'none', '--json'], 'import.not_found'],
      [['tenant', 'list', '--json', '--colour'], 'usage.invalid'],
    ] as const) {
      const { output, errors } = await run(...args);
      expect(JSON.parse(output)).toMatchObject({ error: { code, message: expect.any(String) } });
      expect(errors).toContain(JSON.parse(output).error.message);
    }
  });

  test('says that its output could not be written, and works on where nobody hears its errors', async () => {
    const inShell = (command: string) =>
      runProgram(['-c', command, fileURLToPath(new URL('../../../bin/clientele', import.meta.url))], {
        path: '/bin/sh',
        folder,
      });
    for (const command of ['"$0" --help >/dev/full', `printf 'a\n1\n' | "$0" read - >/dev/full`]) {
      expect(await inShell(command)).toMatchObject({
        code: 1,
        errors: 'Standard output could not be written: the disk is full.\n',
      });
    }
    const sample = fileURLToPath(new URL('../../samples/invalid-utf8-latin1-e-acute.csv', import.meta.url));
    expect(await inShell(`"$0" read ${sample} 2>/dev/full`)).toMatchObject({
      code: 3,
      output: 'id,name,email\n2,Bob,b@example.com\n',
    });
    expect((await inShell('"$0" conquer 2>/dev/full')).code).toBe(2);
  });

  test('refuses an option that is there twice, of which one would be forgotten', async () => {
    const twice = ['key', 'list', '--tenant', 'one', '--tenant=two'];
    expect(await run(...twice)).toMatchObject({
      code: 2,
      errors: expect.stringContaining('--tenant is there twice'),
    });
    const mapped = ['import', 'no.csv', '--tenant', 'none', '--map', 'A=email', '--map', 'B=phone'];
    expect((await run(...mapped)).errors).toContain('no tenant "none"');
  });

  test('says what an option takes, when it was given something else', async () => {
    const wrong: [args: string[], reason: string][] = [
      [['--decimal', 'x'], '--decimal takes "." or ",", and not "x"'],
      [['--mode', 'x'], '--mode takes create, update or upsert, and not "x"'],
      [['--delimiter', ';;'], '--delimiter takes one character'],
      [['--delimiter', '"'], '--delimiter takes one character'],
      [['--country', 'ZZ'], '--country takes the two letters of a country'],
    ];
    for (const [args, reason] of wrong)
      expect((await run('import', 'a.csv', '--tenant', 'a', ...args)).errors).toContain(reason);
    const field = ['fields', 'add', 'size', '--tenant', 'a', '--type', 'decimal'];
    expect((await run(...field, '--range', 'a,b')).errors).toContain('--range takes two numbers');
    expect((await run(...field, '--max', 'abc')).errors).toContain('--max takes a whole number');
    expect((await run('fields', 'add', 'size', '--tenant', 'a', '--type', 'foo')).errors).toContain(
      '--type takes text, integer,',
    );
  });

  test('answers a database that is not there with 1 and one line, which shows no password', async () => {
    const environment = {
      DATABASE_URL: 'postgres://somebody:hunter2@localhost:1/nothing',
      CLIENTELE_SECRET: 'sixteen letters!',
    };
    const { code, errors } = await runProgram(['tenant', 'list'], { environment });
    expect(code).toBe(1);
    expect(errors).toMatch(/^The database does not answer \(ECONNREFUSED\).*\n$/);
    expect(errors).not.toContain('hunter2');
  });

  test('says what keeps it out of a database that others work in', async () => {
    const other = { ...given.environment, CLIENTELE_SECRET: 'the secret of another' };
    const shutOut = await runProgram(['tenant', 'list'], { environment: other });
    expect(shutOut).toMatchObject({ code: 1, errors: expect.stringContaining('has another secret than') });
    const plain = createServer((socket) => socket.once('data', () => socket.end('N')).on('error', () => {}));
    await new Promise<void>((listening) => plain.listen(0, '127.0.0.1', listening));
    const { port } = plain.address() as AddressInfo;
    const address = `postgres://us:secret@127.0.0.1:${port}/clientele?sslmode=verify-full`;
    try {
      for (const command of [['tenant', 'list'], ['migrate'], ['doctor']]) {
        const environment = { ...given.environment, DATABASE_URL: address };
        const { code, output, errors } = await runProgram(command, { environment });
        expect(code).toBe(1);
        expect(output + errors).toContain('(The server does not support SSL connections)');
        expect(errors).not.toContain('not your fault');
      }
    } finally {
      plain.close();
    }
  });

  test('makes no data folder where none can be, and says so', async () => {
    const environment = { ...given.environment, CLIENTELE_SECRET: '', CLIENTELE_DATA: '/proc/none' };
    expect(await runProgram(['tenant', 'list'], { environment })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('The data folder /proc/none cannot be written to (ENOENT)'),
    });
  });

  test('answers a wrong setting with 2 and its name', async () => {
    const outcome = await runProgram(['tenant', 'list'], {
      environment: { ...given.environment, CLIENTELE_COLUMNS_MAX: 'many' },
    });
    expect(outcome).toMatchObject({ code: 2, errors: expect.stringContaining('CLIENTELE_COLUMNS_MAX') });
  });
});

describe('Ctrl-C', () => {
  test('ends a command that waits for the database, at once and with 130', async () => {
    await given.database.asOwner(async (owner) => {
      await owner.query('begin; lock table tenants in access exclusive mode');
      const waiting = async () => {
        const text = locks(`relation = 'tenants'::regclass and not granted`);
        while ((await owner.query(text)).rowCount === 0) await pause(20);
      };
      const outcome = await runProgram(['tenant', 'list'], {
        environment: given.environment,
        signal: { name: 'SIGINT', when: waiting() },
      });
      expect(outcome).toEqual({ code: 130, signal: null, output: '', errors: '' });
      await owner.query('rollback');
    });
  });
});

describe('clientele tenant', () => {
  test('makes a tenant and lists it, for people and for programs', async () => {
    const created = await run(
      'tenant',
      'create',
      'Müller & Söhne',
      '--country',
      'DE',
      '--currency',
      'EUR',
      '--json',
    );
    expect(created).toMatchObject({ code: 0, errors: '' });
    const tenant = JSON.parse(created.output);
    expect(tenant).toMatchObject({
      slug: 'muller-sohne',
      name: 'Müller & Söhne',
      country: 'DE',
      currency: 'EUR',
      timezone: 'UTC',
    });
    const listed = await run('tenant', 'list', '--json');
    expect(JSON.parse(listed.output)).toEqual([tenant]);
    expect((await run('tenant', 'list')).output).toBe(`muller-sohne  ${tenant.id}  Müller & Söhne\n`);
  });

  test('refuses a slug that is taken with 1, and a property that cannot be with 2', async () => {
    await run('tenant', 'create', 'First', '--slug', 'taken');
    expect(await run('tenant', 'create', 'Second', '--slug', 'taken')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('"taken"'),
    });
    const refused = await run('tenant', 'create', 'A', '--country', 'Germany');
    expect(refused).toMatchObject({ code: 2, output: '', errors: expect.stringContaining('"Germany"') });
    for (const [option, nothing] of [
      ['--country', 'ZZ'],
      ['--currency', 'QQQ'],
    ] as const) {
      const outcome = await run('tenant', 'create', 'A', option, nothing);
      expect(outcome).toMatchObject({ code: 2, errors: expect.stringContaining(`"${nothing}" is not a`) });
    }
    expect(await run('tenant', 'create', '日本')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('No slug can be made from "日本"'),
    });
  });
});

describe('clientele member', () => {
  test('invites by a link that can be opened', async () => {
    await run('tenant', 'create', 'Inviting');
    const invited = await run(
      'member',
      'invite',
      'ann@example.com',
      '--tenant',
      'inviting',
      '--role',
      'staff',
    );
    expect(invited).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Invited ann@example.com .*\nhttp:.*\/invitation#inv_\S+\n$/),
    });
  });
});

describe('clientele migrate and doctor', () => {
  test('find nothing to do on a database that is as it should be', async () => {
    expect(await run('migrate')).toMatchObject({ code: 0, output: 'Nothing to do.\n' });
    const { code, output } = await run('doctor', '--json');
    expect(JSON.parse(output).filter(({ ok }: { ok: boolean }) => !ok)).toEqual([]);
    expect(code).toBe(0);
  });

  test('name a setting that there is not, and a data folder that is none', async () => {
    const environment = {
      ...given.environment,
      CLIENTELE_ROWS_MAX: '5',
      CLIENTELE_DATA: fileURLToPath(import.meta.url),
    };
    const { code, output } = await runProgram(['doctor'], { environment });
    expect(code).toBe(1);
    expect(output).toContain('✗ settings: There is no setting CLIENTELE_ROWS_MAX');
    expect(output).toMatch(/✗ data folder: .* is no folder/);
  });

  test('look at the PostgreSQL that CLIENTELE_POSTGRES_BIN names', async () => {
    const environment = {
      CLIENTELE_DATA: join(folder, 'unmade'),
      DATABASE_URL: '',
      CLIENTELE_POSTGRES_BIN: folder,
    };
    const { code, output } = await runProgram(['doctor'], { environment });
    expect(code).toBe(1);
    expect(output).toContain(`✗ PostgreSQL programs: The programs in ${folder} do not run`);
  });

  test('mend a database that lacks a migration, which other commands refuse', async () => {
    await given.database.asOwner(async (owner) => {
      await owner.query(`alter table migrations rename to kept`);
    });
    try {
      expect(await run('tenant', 'list')).toMatchObject({
        code: 1,
        errors: expect.stringContaining('run "clientele migrate"'),
      });
      expect(await run('doctor')).toMatchObject({
        code: 1,
        output: expect.stringMatching(/✗ migrations: To be applied: 0001.*\n.*clientele migrate/),
      });
    } finally {
      await given.database.asOwner((owner) => owner.query(`alter table kept rename to migrations`));
    }
  });
});
