/**
 * The clock of a time zone. The engine's own tables answer, but slowly (some 3 µs), so the offset of a day is
 * remembered when the whole day has one; days on which the clock is changed are worked out each time.
 *
 * A time that the clock skips is read with the offset before the change: 02:30 in a spring night becomes 03:30.
 * A time that comes twice means the first of the two, unless an offset stands with it. These are the rules of
 * Temporal's "compatible".
 */
import { dayNumber, secondsPerDay } from './calendar.ts';

/** Local and universal times are seconds since 1970-01-01T00:00:00 on either clock; offsets are seconds east. */
export interface ZoneClock {
  toUniversal(local: number): number;
  offsetAt(universal: number): number;
  /** The local time comes twice, since the clock is set back over it. */
  isRepeated(local: number): boolean;
}

const clocks = new Map<string, ZoneClock>();

/** @param zone IANA name. @throws RangeError when there is no such zone. */
export function zoneClock(zone: string): ZoneClock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = zone === 'UTC' ? universal : compileClock(zone);
    clocks.set(zone, clock);
  }
  return clock;
}

const universal: ZoneClock = {
  toUniversal: (local) => local,
  offsetAt: () => 0,
  isRepeated: () => false,
};

const daysKept = 100_000;

function compileClock(zone: string): ZoneClock {
  const offsetAt = offsetLookup(zone);
  /** Offset of a whole local day, NaN when it changes around that day. */
  const days = new Map<number, number>();

  function offsetOfDay(day: number): number {
    const known = days.get(day);
    if (known !== undefined) return known;
    const before = offsetAt((day - 1) * secondsPerDay);
    const offset = before === offsetAt((day + 2) * secondsPerDay) ? before : Number.NaN;
    if (days.size >= daysKept) days.clear();
    days.set(day, offset);
    return offset;
  }

  function toUniversal(local: number): number {
    const offset = offsetOfDay(Math.floor(local / secondsPerDay));
    return Number.isNaN(offset) ? candidates(local, offsetAt).first : local - offset;
  }

  return {
    toUniversal,
    offsetAt: (time) => {
      const offset = offsetOfDay(Math.floor(time / secondsPerDay));
      return Number.isNaN(offset) ? offsetAt(time) : offset;
    },
    isRepeated: (local) =>
      Number.isNaN(offsetOfDay(Math.floor(local / secondsPerDay))) && candidates(local, offsetAt).repeated,
  };
}

/** What a local time on a day of change may be: the first point in time that fits, and whether there are two. */
function candidates(
  local: number,
  offsetAt: (universal: number) => number,
): { readonly first: number; readonly repeated: boolean } {
  const before = offsetAt(local - secondsPerDay);
  const after = offsetAt(local + secondsPerDay);
  const early = local - before;
  const late = local - after;
  const fitsEarly = offsetAt(early) === before;
  const fitsLate = offsetAt(late) === after;
  if (fitsEarly && fitsLate) return { first: Math.min(early, late), repeated: early !== late };
  return { first: fitsLate ? late : early, repeated: false };
}

/** Before this the engine counts years backwards; no clock was set by law then. */
const earliest = dayNumber(2, 1, 1) * secondsPerDay;

function offsetLookup(zone: string): (universal: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (universal) => {
    const time = Math.max(universal, earliest);
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = format
      .format(time * 1000)
      .split(/\D+/)
      .map(Number);
    return dayNumber(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second - time;
  };
}
