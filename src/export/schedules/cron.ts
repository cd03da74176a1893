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
import { type ZoneClock, zoneClock } from '../../field-types/dates/zone-clock.ts';
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
  assertZone(zone);
  const times = keepsPace(text)
    ? ofPattern(patternOf(text, zone))
    : onClock(ofPattern(patternOf(text, 'UTC')), zoneClock(zone));
  const cron: Cron = {
    next: (after) => {
      const found = times.next(after);
      if (found === undefined) throw refusal(`"${text}" is due on no day that there is.`);
      return found;
    },
    latest: (until) => times.latest(until),
  };
  cron.next(Date.now());
  return cron;
}

/** Whether the hours are a wildcard. */
function keepsPace(text: string): boolean {
  const [first = '', hours = first] = text.trim().split(/\s+/);
  return /[*?]|^@hourly$/i.test(hours);
}

/** As `Cron`, where there may be no time that comes. */
interface Times {
  next(after: number): number | undefined;
  latest(until: number): number | undefined;
}

function ofPattern(pattern: Pattern): Times {
  return {
    next: (after) => pattern.nextRun(new Date(after))?.getTime(),
    // A time itself is not before it.
    latest: (until) => pattern.previousRuns(1, new Date(until + 1))[0]?.getTime(),
  };
}

const dayMs = 86_400_000;

/**
 * Each time that a clock shows, once. `croner` would do it for one time of the day; where there are several, it passes
 * over those that are skipped, and repeats those that come twice.
 *
 * @param shown by a clock that is never changed.
 */
function onClock(shown: Times, clock: ZoneClock): Times {
  const offsetAt = (at: number): number => clock.offsetAt(Math.floor(at / 1000)) * 1000;
  return {
    next: (after) => {
      // Where the clock was set back, what it shows next may have been before.
      for (let local = shown.next(after + offsetAt(after)); local !== undefined; local = shown.next(local)) {
        const at = firstAt(local, clock);
        if (at > after) return at;
      }
      return undefined;
    },
    latest: (until) => {
      // As far as the clock has come, be it set back since.
      const farthest = until + Math.max(offsetAt(until), offsetAt(until - dayMs));
      for (let local = shown.latest(farthest); local !== undefined; local = shown.latest(local - 1)) {
        const at = firstAt(local, clock);
        if (at <= until) return at;
      }
      return undefined;
    },
  };
}

/** When the clock shows the time first, or passes over it. Both are milliseconds. */
function firstAt(local: number, clock: ZoneClock): number {
  const shown = local / 1000;
  const at = clock.toUniversal(shown);
  const offset = clock.offsetAt(at);
  let [before, after] = [shown - offset - 1, at];
  if (at + offset === shown) return at * 1000;
  while (after - before > 1) {
    const between = Math.floor((before + after) / 2);
    if (clock.offsetAt(between) === offset) after = between;
    else before = between;
  }
  return after * 1000;
}

function patternOf(text: string, zone: string): Pattern {
  if (text.length > charactersMax)
    throw refusal(`What says when a schedule is due has at most ${charactersMax} characters.`);
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
