/**
 * When a schedule is due: five fields of cron, read on the clock of a time zone by `croner`.
 *
 *     minute hour day-of-month month day-of-week        30 2 * * mon-fri
 *
 * On the days on which the clock is changed: a time that is skipped is due at the moment of the change, and one that
 * comes twice is due the first time. Where the hours are a wildcard, with a step or without, the schedule is due whenever
 * the clock shows one of them, so twice in an hour that is repeated. Both hold wherever one begins to count.
 */
import { Cron as Pattern } from 'croner';
import { AppError } from '../../platform/errors.ts';

export interface Cron {
  /** The first time that is due after the one given. Both are milliseconds since 1970. */
  next(after: number): number;
  /** The last time that was due until the one given, itself among them; undefined when there was none. */
  latest(until: number): number | undefined;
}

const charactersMax = 200;

/**
 * @param zone IANA name.
 * @throws AppError `schedule.invalid` for what cannot be read, a zone that there is not, and a date that never comes.
 */
export function cronIn(text: string, zone: string): Cron {
  const pattern = patternOf(text, zone);
  const cron: Cron = {
    next: (after) => {
      const found = pattern.nextRun(new Date(after));
      if (found === null) throw refusal(`"${text}" is due on no day that there is.`);
      return found.getTime();
    },
    // A time itself is not before it.
    latest: (until) => pattern.previousRuns(1, new Date(until + 1))[0]?.getTime(),
  };
  cron.next(Date.now());
  return cron;
}

function patternOf(text: string, zone: string): Pattern {
  if (text.length > charactersMax)
    throw refusal(`What says when a schedule is due has at most ${charactersMax} characters.`);
  assertZone(zone);
  try {
    // Paused: it is asked for times, and starts nothing by itself.
    return new Pattern(text, { timezone: zone, mode: '5-part', paused: true });
  } catch (cause) {
    const reason =
      cause instanceof Error ? cause.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : '';
    throw refusal(
      `"${text}" cannot be read as minute, hour, day of the month, month and day of the week: ${reason}.`,
      cause,
    );
  }
}

function assertZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (cause) {
    throw refusal(`There is no time zone "${zone.slice(0, 100)}".`, cause);
  }
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('schedule.invalid', message, {}, { cause });
}
