import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { seeProcess } from '../../../src/database/embedded/processes.ts';
import {
  acquire,
  ask,
  asRoot,
  cleanUp,
  madeFolder,
  newFolder,
  nobody,
  postgresFolder,
  spawnMember,
  until,
} from './embedded-support.ts';

afterAll(cleanUp);

describe('a fresh data folder', () => {
  it('gets a cluster with a locale that no library of the system has a part in, and full durability', async () => {
    const server = await acquire({ dataFolder: join(newFolder(), 'made', 'too') });
    const settings = await ask(
      server.connection,
      `select datlocprovider as provider, datlocale as locale, pg_encoding_to_char(encoding) as encoding,
         current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
         current_setting('full_page_writes') as full_page_writes, current_setting('autovacuum') as autovacuum,
         current_setting('jit') as jit, current_setting('data_checksums') as checksums
       from pg_database where datname = current_database()`,
    );
    expect(settings).toEqual({
      provider: 'b',
      locale: 'C.UTF-8',
      encoding: 'UTF8',
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      autovacuum: 'on',
      jit: 'off',
      checksums: 'on',
    });
    await server.release();
  });

  it('is made once when four processes come at the same instant, and serves them all', async () => {
    const dataFolder = join(newFolder(), 'data');
    const members = [1, 2, 3, 4].map(() => spawnMember({ dataFolder }));
    const said = await Promise.all(members.map((member) => member.hears()));
    const identities = await Promise.all(
      said.map(({ connection }) => ask(connection, 'select system_identifier from pg_control_system()')),
    );
    expect(new Set(said.map(({ pid }) => pid)).size).toBe(1);
    expect(new Set(identities.map(({ system_identifier }) => system_identifier)).size).toBe(1);
    await Promise.all(members.map((member) => member.tell('release')));
    expect(seeProcess(said[0]?.pid ?? 0)).toBeUndefined();
  });

  it('is made anew after a kill in the middle of making it', async () => {
    const dataFolder = join(newFolder(), 'data');
    const folder = postgresFolder(dataFolder);
    const victim = spawnMember({ dataFolder });
    await until(
      () => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('cluster.building-')),
    );
    await victim.kill('SIGKILL');
    expect(existsSync(join(folder, 'cluster'))).toBe(false);
    const server = await acquire({ dataFolder });
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
  });

  it('is left alone by others while a process that makes it is only asleep', async () => {
    const dataFolder = join(newFolder(), 'data');
    const folder = postgresFolder(dataFolder);
    const building = () => readdirSync(folder).filter((name) => name.startsWith('cluster.building-'));
    const sleeper = spawnMember({ dataFolder });
    await until(() => existsSync(folder) && building().length > 0);
    sleeper.process.kill('SIGSTOP');
    const made = building();
    const other = spawnMember({ dataFolder });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(building()).toEqual(made);
    sleeper.process.kill('SIGCONT');
    const [first, second] = await Promise.all([sleeper.hears(), other.hears()]);
    expect(second).toEqual(first);
    await Promise.all([sleeper.tell('release'), other.tell('release')]);
  });
});

describe('what others can reach of it', () => {
  it('listens on no network, and on a socket in a folder closed to others', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    const { addresses } = await ask(
      server.connection,
      `select current_setting('listen_addresses') as addresses`,
    );
    expect(addresses).toBe('');
    expect(statSync(server.connection.host).mode & 0o777).toBe(0o700);
    expect(statSync(join(postgresFolder(dataFolder), 'cluster')).mode & 0o077).toBe(0);
    await server.release();
  });

  it('keeps its password in a file for its owner alone, out of its log and out of every command line', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    const { password } = server.connection;
    expect(statSync(join(postgresFolder(dataFolder), 'password')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(postgresFolder(dataFolder), 'server.log'), 'utf8')).not.toContain(password);
    expect(seeProcess(server.pid() ?? 0)?.command).not.toContain(password);
    await expect(ask({ ...server.connection, password: 'wrong' }, 'select 1')).rejects.toThrow(
      /authentication failed/,
    );
    await server.release();
  });

  it('writes no value of a row to its log', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    await ask(server.connection, 'create table people (name text primary key check (length(name) < 20))');
    await ask(server.connection, `insert into people values ('Secret Person')`);
    for (const statement of [
      `insert into people values ('Secret Person')`,
      `insert into people values ('Secret Person of a long name')`,
      `select 'Secret Person'::integer`,
      `do $$ begin raise warning 'Secret Person'; end $$; select pg_terminate_backend(pg_backend_pid()), 'Secret Person'`,
    ]) {
      await expect(ask(server.connection, statement)).rejects.toThrow();
    }
    await server.release();
    const log = readFileSync(join(postgresFolder(dataFolder), 'server.log'), 'utf8');
    expect(log).toContain('terminating connection');
    expect(log).not.toMatch(/Secret/);
  });

  it('bounds its log and keeps the end of the earlier one', async () => {
    const dataFolder = await madeFolder();
    const log = join(postgresFolder(dataFolder), 'server.log');
    writeFileSync(log, `${'x'.repeat(11 * 1024 * 1024)}\nthe end of it\n`);
    const server = await acquire({ dataFolder });
    await server.release();
    expect(statSync(log).size).toBeLessThan(100_000);
    expect(readFileSync(`${log}.1`, 'utf8')).toMatch(/the end of it\n$/);
    expect(statSync(`${log}.1`).size).toBeLessThan(1_000_000);
  });
});

describe('several users of one server', () => {
  it('share it between processes, and the last to leave stops it', async () => {
    const dataFolder = await madeFolder();
    const [one, two] = [spawnMember({ dataFolder }), spawnMember({ dataFolder })];
    const [{ pid = 0 }, second] = await Promise.all([one.hears(), two.hears()]);
    expect(second.pid).toBe(pid);
    await one.tell('release');
    expect(await ask(second.connection, 'select 1 as one')).toEqual({ one: 1 });
    await two.tell('release');
    expect(seeProcess(pid)).toBeUndefined();
  });

  it('share it within one process, each with a handle of his own', async () => {
    const dataFolder = await madeFolder();
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => acquire({ dataFolder })));
    const pid = one?.pid() ?? 0;
    expect(two?.pid()).toBe(pid);
    await Promise.all([one?.release(), one?.release(), two?.release()]);
    expect(seeProcess(pid)).toBeDefined();
    await three?.release();
    expect(seeProcess(pid)).toBeUndefined();
    await expect(three?.ensureRunning()).rejects.toThrow(/released/);
  });

  it('may come and go at once without one finding it stopped', async () => {
    const dataFolder = await madeFolder();
    const comeAndGo = async () => {
      for (let visit = 0; visit < 4; visit++) {
        const server = await acquire({ dataFolder });
        expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
        await server.release();
      }
    };
    await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
  });
});

describe('where the data folder is', () => {
  it.runIf(asRoot)(
    'works for root beneath a folder that nobody else may enter, and keeps the data there',
    async () => {
      const dataFolder = join(newFolder(0o700), 'data');
      const server = await acquire({ dataFolder });
      await ask(server.connection, 'create table kept (row_number integer)');
      await ask(server.connection, 'insert into kept values (7)');
      process.kill(server.pid() ?? 0, 'SIGKILL');
      await server.ensureRunning();
      expect(await ask(server.connection, 'select * from kept')).toEqual({ row_number: 7 });
      expect(readdirSync(join(postgresFolder(dataFolder), 'cluster'))).toContain('PG_VERSION');
      await server.release();
      const again = await acquire({ dataFolder });
      expect(await ask(again.connection, 'select * from kept')).toEqual({ row_number: 7 });
      await again.release();
    },
  );

  it('may have a path too long for a socket, with blanks, quotes and commas in it', async () => {
    const dataFolder = join(newFolder(), `a "quoted", long's name `.repeat(6), 'Zürich');
    const server = await acquire({ dataFolder });
    const socketFolder = server.connection.host;
    process.kill(server.pid() ?? 0, 'SIGKILL');
    await server.ensureRunning();
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
    expect(existsSync(socketFolder)).toBe(false);
  });

  it.runIf(asRoot)("runs the server as the folder's owner, and leaves him everything in it", async () => {
    const dataFolder = newFolder();
    chownSync(dataFolder, nobody.uid, nobody.gid);
    const server = await acquire({ dataFolder });
    expect(seeProcess(server.pid() ?? 0)?.uid).toBe(nobody.uid);
    await server.release();
    for (const name of readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })) {
      expect([name, statSync(join(dataFolder, name)).uid]).toEqual([name, nobody.uid]);
    }
  });

  it('may be moved while nobody uses it, also to where its socket does not fit', async () => {
    const before = await madeFolder();
    const first = await acquire({ dataFolder: before });
    await ask(first.connection, 'create table kept (row_number integer)');
    await first.release();
    const dataFolder = join(newFolder(), 'far'.repeat(30), 'data');
    mkdirSync(join(dataFolder, '..'));
    chmodSync(join(dataFolder, '..'), 0o711);
    renameSync(before, dataFolder);
    const server = await acquire({ dataFolder });
    expect(await ask(server.connection, 'select count(*)::integer as rows from kept')).toEqual({ rows: 0 });
    await server.release();
  });

  it.runIf(asRoot)('is told whom to give a copy to that root has made', async () => {
    const copy = join(newFolder(), 'copy');
    execFileSync('cp', ['-r', await madeFolder(), copy]);
    const refusal: unknown = await acquire({ dataFolder: copy }).catch((error: unknown) => error);
    const [, command = ''] = /Give it to another account: (chown .*)\.$/.exec(String(refusal)) ?? [];
    execFileSync('/bin/sh', ['-c', command]);
    const server = await acquire({ dataFolder: copy });
    await server.release();
  });

  it('is refused with a sentence when it cannot be made, or the password in it was lost', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(acquire({ dataFolder: file })).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(/cannot be made \(ENOTDIR\).*CLIENTELE_DATA/),
    });
    const dataFolder = await madeFolder();
    rmSync(join(postgresFolder(dataFolder), 'password'));
    await expect(acquire({ dataFolder })).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(/password, is missing/),
    });
  });
});
