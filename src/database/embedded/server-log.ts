import { closeSync, constants, existsSync, openSync, readSync, statSync, truncateSync } from 'node:fs';
import { limits } from './limits.ts';
import { createFile, replaceFile, type Site, type SitePaths } from './site.ts';

/** Opens the log for the server to write to: it inherits the open file, and needs no right to the file itself. */
export function openLog(site: Site): number {
  createFile(site.logFile, site.owner);
  return openSync(site.logFile, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
}

/**
 * Keeps the log from growing without bound: past the limit, its end is kept in `server.log.1` and the file is
 * emptied. A running server may go on writing to it, since it appends.
 */
export function boundLog(site: Site): void {
  if (!existsSync(site.logFile)) return;
  const { size } = statSync(site.logFile);
  if (size <= limits.logBytesMax) return;
  replaceFile(`${site.logFile}.1`, readLogFrom(site, size - limits.logTailBytes), site.owner);
  truncateSync(site.logFile, 0);
}

/** The log from a byte on, at most the part that would be kept. */
export function readLogFrom(site: SitePaths, from: number): string {
  const log = openSync(site.logFile, 'r');
  try {
    const bytes = Buffer.alloc(limits.logTailBytes);
    return bytes.subarray(0, readSync(log, bytes, 0, bytes.length, from)).toString('utf8');
  } finally {
    closeSync(log);
  }
}
