import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../platform/errors.ts';
import { childEnvironment, runAs } from './accounts.ts';
import { askServer } from './answer.ts';
import type { Binaries } from './binaries.ts';
import { limits } from './limits.ts';
import { saysReady } from './postmaster.ts';
import { boundLog, openLog, readLogFrom } from './server-log.ts';
import { serverSettings } from './settings.ts';
import { enter, type Place } from './site.ts';

/** Why a server that was started did not come to take sessions. */
export interface Ending {
  readonly refusal: AppError;
  /** Somebody ended it, or something of the last server was still there: to start again may well work. */
  readonly passing: boolean;
}

/**
 * Starts the server, detached: in a session of its own, so that neither the end of this process nor a Ctrl-C in
 * its terminal reaches it, and with no pipe to us that could break. Comes back when it takes sessions, which
 * after a crash is when it has recovered, or when it ended instead; or, to be looked at again, when it takes
 * longer than any start should.
 */
export async function launch(place: Place, binaries: Binaries): Promise<Ending | undefined> {
  boundLog(place);
  const log = openLog(place);
  const logFrom = fstatSync(log).size;
  const server = spawnServer(place, binaries, log);
  closeSync(log);
  server.unref();
  const end: End = {};
  server.once('error', (error) => {
    end.reason = error.message;
  });
  server.once('exit', (code, signal) => {
    end.reason = signal ? `ended by ${signal}` : `exit code ${code}`;
    end.signal = signal;
  });
  await untilItTakesSessions(place, end);
  return end.reason === undefined ? undefined : endingOf(place, end, readLogFrom(place, logFrom));
}

interface End {
  reason?: string;
  signal?: NodeJS.Signals | null;
}

function spawnServer(place: Place, binaries: Binaries, log: number): ChildProcess {
  const settings = Object.entries(serverSettings(place)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const { currentFolder, name } = enter(place, place.cluster);
  return spawn(join(binaries.bin, 'postgres'), ['-D', name, ...settings], {
    ...runAs(place.account),
    cwd: currentFolder,
    env: childEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
}

async function untilItTakesSessions(place: Place, end: Readonly<End>): Promise<void> {
  const deadline = Date.now() + limits.startMsMax;
  while (end.reason === undefined && Date.now() < deadline) {
    if (saysReady(place.cluster) && (await askServer(place.socketFolder)) === 'accepting') return;
    await sleep(limits.pollMs);
  }
}

function endingOf({ logFile }: Place, { reason, signal }: End, log: string): Ending {
  const message = `PostgreSQL did not start (${reason}). ${lastWords(log)}. See ${logFile}.`;
  return {
    refusal: new AppError('database.unreachable', message),
    passing: Boolean(signal) || /already exists|pre-existing shared memory/.test(log),
  };
}

/** The lines that say why it ended, each once, without their times, and without what it answered while it started. */
export function lastWords(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(/^\S+ \S+ \S+ \[\d+\] /, ''));
  const fatal = lines.filter(
    (line) => /^(FATAL|PANIC|HINT):|error while loading/.test(line) && !/the database system is /.test(line),
  );
  const words = fatal.length > 0 ? [...new Set(fatal)] : lines.filter(Boolean).slice(-3);
  const full = /No space left on device/.test(log) ? '. The disk is full: make room' : '';
  return words.join(' ').replace(/\.$/, '') + full;
}
