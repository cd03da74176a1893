import type { BetterAuthOptions } from 'better-auth';
import { log } from '../platform/log.ts';

/**
 * better-auth's own log, as a part of ours. Its sentences name addresses and quote what was sent, so they are left out;
 * what is kept is an error that came with one, described as every error is. Its own errors say that a caller did
 * something wrong, and whoever wants to fill a log may do so: they are kept only when the log is to hold everything.
 */
export const libraryLog: NonNullable<BetterAuthOptions['logger']> = {
  level: 'error',
  log: (_level, message, ...details) => {
    const error = [message as unknown, ...details].find((each) => each instanceof Error);
    if (error === undefined) return;
    const level = error.name === 'BetterAuthError' || error.name === 'APIError' ? 'debug' : 'error';
    log()[level]({ err: error }, 'a sign-in call failed');
  },
};
