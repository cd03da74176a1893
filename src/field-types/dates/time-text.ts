/**
 * The time of day behind a date: `T10:30`, ` 10:30:00.5`, `, 3:05 pm`, ` 10.30`, with an offset (`Z`, `UTC`, `+02:00`,
 * `+0200`, `GMT+2`) or without. Fractions are kept to the microsecond, which is all that PostgreSQL stores.
 */

/** One object is filled again and again, as with `ScannedDay`. */
export interface ScannedTime {
  /** Seconds since midnight; 86400 for 24:00. */
  seconds: number;
  /** Digits behind the point without needless zeros, at most six. */
  fraction: string;
  /** Seconds east of UTC; NaN when the text gives none. */
  offset: number;
}

export function scannedTime(): ScannedTime {
  return { seconds: 0, fraction: '', offset: Number.NaN };
}

const lead = '(?:[Tt]|,?[ \\u00a0\\u202f]+(?:at |um |à |a las )?)';
const clock = '([0-9]{1,2})([:.h])([0-9]{2})(?:\\2([0-9]{2})(?:[.,]([0-9]{1,12}))?)?(?: Uhr)?';
const basic = '([0-9]{2})([0-9]{2})([0-9]{2})?(?:\\.([0-9]{1,12}))?';
const half = '(?:[ \\u00a0\\u202f]*([AaPp])\\.?[Mm]\\.?)?';
const zone =
  '(?:[ \\u00a0]*(?:([Zz])|(UTC|GMT)|(?:UTC|GMT)?([+\\u2212-])([0-9]{1,2})(?::?([0-9]{2})(?::?([0-9]{2}))?)?))?';
const comment = '(?: \\([^()]*\\))?';
const time = new RegExp(`${lead}(?:${clock}|${basic})${half}${zone}${comment}$`, 'y');

/** Number of the two digits there, NaN when they are none. */
export function digitsAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The forms that programs write, without a regular expression: `T10:30:00`, with decimals, with Z or `+02:00`. */
function scanUsual(text: string, start: number, into: ScannedTime): boolean {
  const lead = text.charCodeAt(start);
  if ((lead !== 0x54 && lead !== 0x20) || text.charCodeAt(start + 3) !== 0x3a) return false;
  const hour = digitsAt(text, start + 1);
  const minute = digitsAt(text, start + 4);
  const second = text.charCodeAt(start + 6) === 0x3a ? digitsAt(text, start + 7) : Number.NaN;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return false;
  const end = endOfDecimals(text, start + 9);
  const offset = usualOffset(text, end);
  if (offset === undefined || end === start + 10) return false;
  into.seconds = hour * 3600 + minute * 60 + second;
  into.fraction = end === start + 9 ? '' : decimalsOf(text, start + 10, end);
  into.offset = offset;
  return true;
}

function endOfDecimals(text: string, start: number): number {
  if (text.charCodeAt(start) !== 0x2e) return start;
  let end = start + 1;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}

/** At most six decimals, without the zeros at their end. */
function decimalsOf(text: string, start: number, stop: number): string {
  let end = Math.min(stop, start + 6);
  while (end > start && text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(start, end);
}

/** Undefined when something else stands there. */
function usualOffset(text: string, at: number): number | undefined {
  if (at === text.length) return Number.NaN;
  const sign = text.charCodeAt(at);
  if (sign === 0x5a && text.length === at + 1) return 0;
  if ((sign !== 0x2b && sign !== 0x2d) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 0x3a)
    return undefined;
  const hour = digitsAt(text, at + 1);
  const minute = digitsAt(text, at + 4);
  if (!(hour <= 23 && minute <= 59)) return undefined;
  const east = hour * 3600 + minute * 60;
  return sign === 0x2b ? east : -east;
}

/** Fills `into` from the text behind a date. @returns false when no time, or an impossible one, stands there. */
export function scanTime(text: string, start: number, into: ScannedTime): boolean {
  if (scanUsual(text, start, into)) return true;
  time.lastIndex = start;
  const match = time.exec(text);
  if (match === null) return false;
  const [, hour, , minute, second, fraction, hour2, minute2, second2, fraction2, halfDay] = match;
  const seconds = secondsOf(hour ?? hour2 ?? '', minute ?? minute2 ?? '', second ?? second2 ?? '0', halfDay);
  into.seconds = seconds;
  const decimals = fraction ?? fraction2 ?? '';
  into.fraction = decimalsOf(decimals, 0, decimals.length);
  into.offset = offsetOf(match);
  return seconds >= 0 && !(seconds === 86_400 && into.fraction !== '') && Math.abs(into.offset || 0) < 86_400;
}

/** -1 when it is no time of day. */
function secondsOf(hour: string, minute: string, second: string, halfDay: string | undefined): number {
  let hours = Number(hour);
  if (halfDay !== undefined) {
    if (hours < 1 || hours > 12) return -1;
    hours = (hours % 12) + (halfDay.toLowerCase() === 'p' ? 12 : 0);
  }
  const seconds = hours * 3600 + Number(minute) * 60 + Number(second);
  return Number(minute) > 59 || Number(second) > 59 || seconds > 86_400 ? -1 : seconds;
}

function offsetOf(match: RegExpExecArray): number {
  const [z, utc, sign, hours, minutes = '0', seconds = '0'] = match.slice(11);
  if (z !== undefined || utc !== undefined) return 0;
  if (sign === undefined) return Number.NaN;
  if (Number(minutes) > 59 || Number(seconds) > 59) return Number.POSITIVE_INFINITY;
  const east = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '+' ? east : -east;
}

const midnight = scannedTime();

/** Nothing stands behind the date, or midnight does. */
export function isMidnight(text: string, start: number): boolean {
  if (start === text.length) return true;
  return scanTime(text, start, midnight) && midnight.seconds === 0 && midnight.fraction === '';
}
