import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Finding, inspectEmbedded } from '../../../src/database/embedded/inspect.ts';
import { seeProcess } from '../../../src/database/embedded/processes.ts';
import {
  acquire,
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

/** What it says, by what it looked at. */
function saidBy(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ check, says }) => [check, says]));
}

describe('the inspection of an embedded server', () => {
  it('finds nothing wrong where nothing is yet, and makes nothing', async () => {
    const dataFolder = join(newFolder(), 'data');
    const findings = await inspectEmbedded({ dataFolder });
    expect(findings.map(({ check, ok }) => [check, ok])).toEqual([
      ['PostgreSQL programs', true],
      ['database folder', true],
    ]);
    expect(saidBy(findings)['database folder']).toContain('not there yet');
    expect(existsSync(dataFolder)).toBe(false);
  });

  it('finds nothing wrong with one that runs, names its process and its users, and leaves it as it is', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    const member = spawnMember({ dataFolder });
    await member.hears();
    const before = readdirSync(postgresFolder(dataFolder));
    const findings = await inspectEmbedded({ dataFolder });
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    const said = saidBy(findings);
    expect(said['database server']).toBe(`It runs (process ${server.pid()}).`);
    if (existsSync('/proc/locks')) {
      expect(said.processes).toContain(String(process.pid));
      expect(said.processes).toContain(String(member.process.pid));
    }
    expect(readdirSync(postgresFolder(dataFolder))).toEqual(before);
    await member.tell('release');
    await server.release();
    const later = saidBy(await inspectEmbedded({ dataFolder }));
    expect(later['database server']).toBe('It does not run.');
    if (existsSync('/proc/locks')) expect(later.processes).toMatch(/^No process/);
  });

  it('says that one died, and of what process the pid file speaks', async () => {
    const dataFolder = await madeFolder();
    const server = await acquire({ dataFolder });
    const pid = server.pid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => seeProcess(pid) === undefined);
    const said = saidBy(await inspectEmbedded({ dataFolder }));
    expect(said['database server']).toMatch(
      new RegExp(`^It died;|died as process ${pid}, and the next start recovers`),
    );
    await server.ensureRunning();
    await server.release();
  });

  it('names what made the data when the programs cannot read it, and what to do', async () => {
    const dataFolder = await madeFolder();
    writeFileSync(join(postgresFolder(dataFolder), 'cluster', 'PG_VERSION'), '17\n');
    const findings = await inspectEmbedded({ dataFolder });
    expect(findings.find(({ check }) => check === 'database version')).toEqual({
      check: 'database version',
      ok: false,
      says: 'It was made by PostgreSQL 17, and the programs are PostgreSQL 18.',
      mend: expect.stringContaining('CLIENTELE_POSTGRES_BIN'),
    });
  });

  it('names programs that do not run', async () => {
    const binFolder = newFolder(0o755);
    const [programs] = await inspectEmbedded({ dataFolder: newFolder(), binFolder });
    expect(programs).toMatchObject({
      ok: false,
      says: expect.stringContaining(binFolder),
      mend: expect.stringContaining('DATABASE_URL'),
    });
  });

  it.runIf(asRoot)('tells a plain user whose the data folder is', async () => {
    const dataFolder = await madeFolder();
    process.seteuid?.(nobody.uid);
    try {
      const findings = await inspectEmbedded({ dataFolder });
      expect(findings.find(({ check }) => check === 'database folder')).toMatchObject({
        ok: false,
        mend: expect.stringContaining('CLIENTELE_DATA'),
      });
    } finally {
      process.seteuid?.(0);
    }
  });
});
