import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeFolder } from '../../../src/database/embedded/binaries.ts';
import { seeProcess } from '../../../src/database/embedded/processes.ts';
import {
  acquire,
  ask,
  asRoot,
  cleanUp,
  madeFolder,
  postgresFolder,
  spawnMember,
  until,
} from './embedded-support.ts';

afterAll(cleanUp);

/** A process that has nothing to do with PostgreSQL, of the account that owns the cluster. */
async function bystander(dataFolder: string): Promise<ChildProcess> {
  const child = spawn('sleep', ['60'], ownerOptions(dataFolder));
  await once(child, 'spawn');
  return child;
}

function ownerOptions(dataFolder: string): { cwd: string; uid?: number; gid?: number } {
  const { uid, gid } = statSync(join(postgresFolder(dataFolder), 'cluster'));
  return { cwd: '/', ...(asRoot ? { uid, gid } : {}) };
}

function pidFile(dataFolder: string): string {
  return join(postgresFolder(dataFolder), 'cluster', 'postmaster.pid');
}

/** What a server leaves when the power fails, with the process id that the machine has since given to another. */
async function leaveRemains(dataFolder: string, pid: number): Promise<void> {
  const member = spawnMember({ dataFolder });
  const { pid: postmaster = 0, connection } = await member.hears();
  process.kill(postmaster, 'SIGKILL');
  await until(() => seeProcess(postmaster) === undefined);
  await member.kill('SIGKILL');
  const socketLock = join(connection.host, '.s.PGSQL.5432.lock');
  for (const file of [pidFile(dataFolder), socketLock]) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(pid)));
  }
}

describe('a member that is killed', () => {
  it('leaves the server running, and the next member takes it over and stops it', async () => {
    const dataFolder = await madeFolder();
    const victim = spawnMember({ dataFolder });
    const { pid = 0, connection } = await victim.hears();
    await ask(connection, 'create table kept (row_number integer)');
    await victim.kill('SIGKILL');
    expect(seeProcess(pid)).toBeDefined();
    const heir = spawnMember({ dataFolder });
    expect((await heir.hears()).pid).toBe(pid);
    await heir.tell('release');
    expect(seeProcess(pid)).toBeUndefined();
  });

  it('counts as gone for those who stay', async () => {
    const dataFolder = await madeFolder();
    const [victim, other] = [spawnMember({ dataFolder }), spawnMember({ dataFolder })];
    const { pid = 0 } = await victim.hears();
    await other.hears();
    await victim.kill('SIGKILL');
    await other.tell('release');
    expect(seeProcess(pid)).toBeUndefined();
  });

  it('is waited for by nobody, though it was killed while it stopped the server', async () => {
    const dataFolder = await madeFolder();
    const victim = spawnMember({ dataFolder });
    const { pid = 0 } = await victim.hears();
    void victim.tell('release');
    await until(() => !readFileSync(pidFile(dataFolder), 'utf8').includes('ready'));
    await victim.kill('SIGKILL');
    const server = await acquire({ dataFolder });
    expect(server.pid()).not.toBe(pid);
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
  });
});

describe('a server that is killed', () => {
  it('is brought back once, whoever asks and how many, with every row that was committed and no other', async () => {
    const dataFolder = await madeFolder();
    const other = spawnMember({ dataFolder });
    await other.hears();
    const server = await acquire({ dataFolder });
    await ask(server.connection, 'create table kept (row_number integer)');
    await ask(server.connection, 'insert into kept select generate_series(1, 1000)');
    const open = new pg.Client(server.connection);
    open.on('error', () => {});
    const broken = once(open, 'error');
    await open.connect();
    await open.query('begin; insert into kept values (0)');
    const before = server.pid() ?? 0;
    process.kill(before, 'SIGKILL');
    await broken;
    const [said] = await Promise.all([other.tell('ensure'), server.ensureRunning(), server.ensureRunning()]);
    expect(server.pid()).not.toBe(before);
    expect(said.pid).toBe(server.pid());
    expect(
      await ask(server.connection, 'select count(*)::integer as rows, min(row_number) from kept'),
    ).toEqual({
      rows: 1000,
      min: 1,
    });
    await other.tell('release');
    await server.release();
  });

  it('is not started again before the last backend it left has ended', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    await ask(server.connection, 'create table kept (row_number integer)');
    const client = new pg.Client(server.connection);
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const outcome = client.query('insert into kept select generate_series(1, 600000)').then(
      () => 'committed',
      () => 'unknown',
    );
    await until(() => seeProcess(rows[0].pid)?.command.includes('INSERT') ?? false);
    process.kill(server.pid() ?? 0, 'SIGKILL');
    await server.ensureRunning();
    expect(seeProcess(rows[0].pid)).toBeUndefined();
    const found = await ask(server.connection, 'select count(*)::integer as rows from kept');
    expect((await outcome) === 'committed' ? [600000] : [0, 600000]).toContain(found.rows);
    // PostgreSQL would have refused to start beside it, and said so.
    expect(readFileSync(join(postgresFolder(dataFolder), 'server.log'), 'utf8')).not.toContain(
      'shared memory',
    );
    await server.release();
  });

  it('recovers by itself from the death of a backend, and is waited for', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    const postmaster = server.pid();
    const client = new pg.Client(server.connection);
    client.on('error', () => {});
    const broken = once(client, 'error');
    await client.connect();
    process.kill((await client.query('select pg_backend_pid() as pid')).rows[0].pid, 'SIGKILL');
    await broken;
    // The server may take a session before it has noticed the death, and then break it off like all others.
    let answer: unknown;
    while (answer === undefined) {
      await server.ensureRunning();
      answer = await ask(server.connection, 'select 1 as one').catch(() => undefined);
    }
    expect(answer).toEqual({ one: 1 });
    expect(server.pid()).toBe(postmaster);
    await server.release();
  });

  it('is started anew when its socket was removed', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    rmSync(server.connection.host, { recursive: true });
    await expect(ask(server.connection, 'select 1')).rejects.toThrow(/ENOENT/);
    const other = await acquire({ dataFolder });
    await server.ensureRunning();
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await Promise.all([server.release(), other.release()]);
  });
});

describe('a pid file that a crash left', () => {
  it('does not keep the server from starting when no process has its number', async () => {
    const dataFolder = await madeFolder();
    await leaveRemains(dataFolder, 2 ** 22 - 1);
    const server = await acquire({ dataFolder });
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
  });

  it('does not either when a process of the same account has got its number, which is left in peace', async () => {
    const dataFolder = await madeFolder();
    const sleeper = await bystander(dataFolder);
    await leaveRemains(dataFolder, sleeper.pid ?? 0);
    const server = await acquire({ dataFolder });
    expect(server.pid()).not.toBe(sleeper.pid);
    await server.release();
    expect(seeProcess(sleeper.pid ?? 0)?.command).toBe('sleep 60');
    sleeper.kill();
  });

  it('does not either when the server of another data folder has got its number', async () => {
    const [dataFolder, anothers] = [await madeFolder(), await madeFolder()];
    const another = await acquire({ dataFolder: anothers });
    await leaveRemains(dataFolder, another.pid() ?? 0);
    const server = await acquire({ dataFolder });
    expect(server.pid()).not.toBe(another.pid());
    await server.release();
    expect(await ask(another.connection, 'select 1 as one')).toEqual({ one: 1 });
    await another.release();
  });

  it('does not either when it was cut off', async () => {
    const dataFolder = await madeFolder();
    await leaveRemains(dataFolder, 1);
    writeFileSync(pidFile(dataFolder), '');
    const server = await acquire({ dataFolder });
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
  });

  it('is respected when it is of a server that somebody started by hand, until that is stopped', async () => {
    const dataFolder = await madeFolder();
    const cluster = join(postgresFolder(dataFolder), 'cluster');
    const settings = ['-c', 'listen_addresses=', '-c', 'unix_socket_directories=.'];
    const byHand = spawn(
      join(nativeFolder(), 'bin', 'postgres'),
      ['-D', cluster, ...settings],
      ownerOptions(dataFolder),
    );
    await until(
      () => existsSync(pidFile(dataFolder)) && readFileSync(pidFile(dataFolder), 'utf8').includes('ready'),
    );
    await expect(acquire({ dataFolder })).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringContaining(`Process ${byHand.pid}`),
    });
    byHand.kill('SIGINT');
    await once(byHand, 'exit');
    const server = await acquire({ dataFolder });
    await server.release();
  });
});
