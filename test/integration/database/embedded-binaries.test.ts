import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  globSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { canEnter } from '../../../src/database/embedded/accounts.ts';
import { nativeFolder } from '../../../src/database/embedded/binaries.ts';
import { missingLinks } from '../../../src/database/embedded/library-links.ts';
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
} from './embedded-support.ts';

const systemCache = '/var/cache/clientele';
const cachedBefore = listCache();

afterAll(async () => {
  await cleanUp();
  for (const name of listCache() ?? []) {
    if (!cachedBefore?.includes(name)) rmSync(join(systemCache, name), { recursive: true });
  }
  if (!cachedBefore && listCache()) rmdirSync(systemCache);
});

function listCache(): string[] | undefined {
  return existsSync(systemCache) ? readdirSync(systemCache) : undefined;
}

/** The package as npm leaves it when install scripts are off: without links. */
function withoutLinks(into: string): string {
  const native = join(into, 'native');
  cpSync(nativeFolder(), native, { recursive: true, verbatimSymlinks: true });
  for (const { isSymbolicLink, path } of listed(native)) if (isSymbolicLink) rmSync(path);
  return native;
}

function listed(folder: string): { isSymbolicLink: boolean; path: string }[] {
  return globSync('lib/*', { cwd: folder, withFileTypes: true }).map((entry) => ({
    isSymbolicLink: entry.isSymbolicLink(),
    path: join(entry.parentPath, entry.name),
  }));
}

describe('the programs of the package', () => {
  it('run although install scripts were off, for the links between the libraries are made', async () => {
    const native = withoutLinks(newFolder());
    expect(missingLinks(native).length).toBeGreaterThan(10);
    const server = await acquire({ dataFolder: join(newFolder(), 'data'), nativeFolder: native });
    expect(missingLinks(native)).toEqual([]);
    expect(seeProcess(server.pid() ?? 0)?.command).toContain(join(native, 'bin', 'postgres'));
    await server.release();
  });

  it.runIf(asRoot)(
    'run from a copy of root when they lie beneath a folder that nobody else may enter',
    async () => {
      const hidden = newFolder(0o700);
      const native = withoutLinks(hidden);
      writeFileSync(join(native, 'share', 'another-version'), hidden);
      const dataFolder = join(newFolder(0o700), 'data');
      const server = await acquire({ dataFolder, nativeFolder: native });
      expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
      const [, copy = ''] = /^(.*)\/bin\/postgres /.exec(seeProcess(server.pid() ?? 0)?.command ?? '') ?? [];
      expect(copy).toMatch(/^\/var\/cache\/clientele\/postgres-[0-9a-f]{16}$/);
      expect(statSync(copy)).toMatchObject({ uid: 0, mode: 0o40755 });
      await server.release();
      rmSync(join(copy, 'share', 'another-version'));
      const again = await acquire({ dataFolder, nativeFolder: native });
      expect(existsSync(join(copy, 'share', 'another-version'))).toBe(true);
      await again.release();
    },
  );

  it('are asked for by name when there are none, with what to set instead', async () => {
    const acquired = acquire({ dataFolder: newFolder(), nativeFolder: join(newFolder(), 'native') });
    await expect(acquired).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(/does not run as .*no postgres in it.*DATABASE_URL/),
    });
  });
});

describe('a PostgreSQL of the machine', () => {
  /** A bin folder whose postgres says this version, and does what the package's does otherwise. */
  function binFolder(version: string): string {
    const folder = newFolder(0o755);
    for (const program of ['postgres', 'initdb']) {
      const says =
        program === 'postgres'
          ? `[ "$1" = --version ] && { echo "postgres (PostgreSQL) ${version}"; exit; }`
          : '';
      writeFileSync(
        join(folder, program),
        `#!/bin/sh\n${says}\nexec ${join(nativeFolder(), 'bin', program)} "$@"\n`,
      );
      chmodSync(join(folder, program), 0o755);
    }
    return folder;
  }

  it('runs in place of the package when its bin folder is named', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder, binFolder: binFolder('18.9 (Debian 18.9-1)') });
    expect(await ask(server.connection, 'select 1 as one')).toEqual({ one: 1 });
    await server.release();
  });

  it('is refused when it is too old', async () => {
    const acquired = acquire({ dataFolder: newFolder(), binFolder: binFolder('16.4') });
    await expect(acquired).rejects.toMatchObject({
      code: 'database.outdated',
      message: expect.stringContaining('17 or newer'),
    });
  });

  it('is refused on a data folder that another major version made', async () => {
    const dataFolder = await madeFolder();
    const acquired = acquire({ dataFolder, binFolder: binFolder('19.1') });
    await expect(acquired).rejects.toMatchObject({
      code: 'database.outdated',
      message: expect.stringMatching(/made by PostgreSQL 18, and this program runs PostgreSQL 19.1/),
    });
    const server = await acquire({ dataFolder });
    await server.release();
  });

  it('says why it does not start', async () => {
    const dataFolder = await madeFolder();
    rmSync(join(postgresFolder(dataFolder), 'cluster', 'global', 'pg_control'));
    await expect(acquire({ dataFolder })).rejects.toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(/did not start .*(pg_control|database system)/),
    });
  });
});

const program = fileURLToPath(new URL('embedded-member.ts', import.meta.url));
const plainUserReads =
  asRoot &&
  (await canEnter({ ...nobody, name: 'nobody' }, join(program, '..'))) &&
  (await canEnter({ ...nobody, name: 'nobody' }, join(process.execPath, '..')));

describe.runIf(plainUserReads)('a plain user', () => {
  function foldersOwn(): string {
    const folder = newFolder(0o700);
    chownSync(folder, nobody.uid, nobody.gid);
    return join(folder, 'data');
  }

  it('runs the server as himself, in folders that are his alone', async () => {
    const dataFolder = foldersOwn();
    const member = spawnMember({ dataFolder }, nobody);
    const { pid = 0, connection } = await member.hears();
    expect(seeProcess(pid)?.uid).toBe(nobody.uid);
    expect(statSync(dataFolder).mode & 0o777).toBe(0o700);
    expect(await ask(connection, 'select 1 as one')).toEqual({ one: 1 });
    await member.tell('release');
    expect(seeProcess(pid)).toBeUndefined();
  });

  it('shares it with root, whichever of the two starts and stops it', async () => {
    const dataFolder = foldersOwn();
    const first = spawnMember({ dataFolder }, nobody);
    const { pid = 0 } = await first.hears();
    const server = await acquire({ dataFolder });
    await first.tell('release');
    expect(server.pid()).toBe(pid);
    process.kill(pid, 'SIGKILL');
    await server.ensureRunning();
    const second = spawnMember({ dataFolder }, nobody);
    await second.hears();
    const restarted = server.pid() ?? 0;
    await server.release();
    await second.tell('release');
    expect(seeProcess(restarted)).toBeUndefined();
  });

  it('copies programs that he can neither link nor run in place into his data folder', async () => {
    const dataFolder = foldersOwn();
    const native = withoutLinks(newFolder());
    const member = spawnMember({ dataFolder, nativeFolder: native }, nobody);
    const { pid = 0 } = await member.hears();
    expect(seeProcess(pid)?.command).toContain(join(postgresFolder(dataFolder), 'binaries', 'postgres-'));
    expect(missingLinks(native)).not.toEqual([]);
    await member.tell('release');
  });

  it("is told whose it is when it is somebody else's", async () => {
    const dataFolder = await madeFolder();
    const member = spawnMember({ dataFolder }, nobody);
    expect(await member.hears()).toMatchObject({
      code: 'database.unreachable',
      message: expect.stringMatching(/belongs to root, and this program runs as nobody/),
    });
  });
});
