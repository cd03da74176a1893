/** Every bound of the embedded server's supervisor. */
export const limits = {
  /** Somebody else may be in the middle of a start with crash recovery, so the wait is longer than a start. */
  lockWaitMsMax: 600_000,
  lockRetryMs: 15,
  /** Crash recovery of a full `max_wal_size` takes a minute or two on a slow disk. */
  startMsMax: 300_000,
  pollMs: 10,
  /** A fast shutdown writes everything that is dirty; after this it is cut short and the next start recovers. */
  stopFastMsMax: 60_000,
  stopImmediateMsMax: 10_000,
  /** How long a backend that lost its postmaster may finish what it does, and how long it may take to obey. */
  orphanGraceMsMax: 15_000,
  orphanQuitMsMax: 5_000,
  orphanPollMs: 30,
  /** A start that somebody ended, or that found something of the last server still there, is tried again. */
  startAgainMsMax: 30_000,
  startAgainMs: 250,
  answerMsMax: 3_000,
  commandMsMax: 120_000,
  logBytesMax: 10 * 1024 * 1024,
  logTailBytes: 256 * 1024,
  /** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing NUL and PostgreSQL's file name among them. */
  socketPathBytesMax: 100,
  abandonedCopyMsMin: 3_600_000,
} as const;
