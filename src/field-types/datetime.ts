/**
 * Points in time, canonically in UTC as ISO 8601 writes them: `2021-07-26T08:30:00Z`, with as many decimals of a
 * second as there are, at most six. A time without an offset is on the clock of the column's zone; a day alone is
 * its midnight.
 *
 * For spreadsheets a point in time is written on the tenant's clock, `2021-07-26 10:30:00`, with its offset where
 * the clock alone does not tell: in the hour that comes twice, and before 1900-03-01, where spreadsheets have no
 * dates.
 */
import type { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import { isCanonicalStart, problemOf } from './date.ts';
import { clockText, dayNumber, dayNumberOf, dayText, packedDayOf, secondsPerDay } from './dates/calendar.ts';
import { dateSurvey } from './dates/date-order.ts';
import { resolveDay, scanDay, scannedDay } from './dates/date-text.ts';
import { dateNames } from './dates/month-names.ts';
import { isSerial, isSerialShape, serialDay, serialSeconds } from './dates/serial-date.ts';
import { digitsAt, scannedTime, scanTime } from './dates/time-text.ts';
import { type ZoneClock, zoneClock } from './dates/zone-clock.ts';
import type { ColumnReading, FieldType, ReadValue } from './field-type.ts';

export const datetime: FieldType = {
  name: 'datetime',
  accepts:
    'A date and a time, best as ISO 8601 with an offset; without an offset, on the clock of the tenant’s time zone.',
  sqlType: 'timestamptz',
  reader: (_field, reading) => readerFor(reading),
  survey: dateSurvey,
  write: (value, profile, _field, context) =>
    profile === 'data' ? value : onClock(value, zoneClock(context?.timezone ?? 'UTC')),
};

/** The rule of POSIX: 68 is 2068, 69 is 1969. */
const pivotYear = 68;

function readerFor(reading: ColumnReading): ReadValue {
  const names = dateNames(reading.language);
  const rules = { order: reading.dateOrder, pivotYear: reading.pivotYear ?? pivotYear };
  const clock = zoneClock(reading.timezone ?? 'UTC');
  const base = reading.dateBase ?? 1900;
  const takesSerial = reading.dateSerials === true ? isSerialShape : isSerial;
  const day = scannedDay();
  const time = scannedTime();

  function readSerial(text: string): string | Problem {
    const number = Number(text);
    const packed = serialDay(number, base);
    if (packed === 0) return cellProblem('datetime.unreadable', text);
    const local = dayNumberOf(packed) * secondsPerDay + serialSeconds(number);
    return canonical(clock.toUniversal(local), '', text);
  }

  return (text) => {
    if (isCanonical(text)) return text;
    if (takesSerial(text)) return readSerial(text);
    if (!scanDay(text, day, names)) return cellProblem('datetime.unreadable', text);
    const packed = resolveDay(day, rules);
    if (packed <= 0) {
      const code = problemOf(packed);
      return cellProblem(code === 'date.unreadable' ? 'datetime.unreadable' : code, text);
    }
    const local = dayNumberOf(packed) * secondsPerDay;
    if (day.end === text.length) return canonical(clock.toUniversal(local), '', text);
    if (!scanTime(text, day.end, time)) return cellProblem('datetime.unreadable', text);
    const { seconds, fraction, offset } = time;
    const point = local + seconds;
    return canonical(Number.isNaN(offset) ? clock.toUniversal(point) : point - offset, fraction, text);
  };
}

const canonicalLength = 20;

/** `YYYY-MM-DDTHH:MM:SSZ`: what most files of programs hold. */
function isCanonical(text: string): boolean {
  return (
    text.length === canonicalLength &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a &&
    text.charCodeAt(19) === 0x5a &&
    digitsAt(text, 11) <= 23 &&
    digitsAt(text, 14) <= 59 &&
    digitsAt(text, 17) <= 59 &&
    isCanonicalStart(text)
  );
}

const firstSecond = dayNumber(1, 1, 1) * secondsPerDay;
const endOfTime = dayNumber(10_000, 1, 1) * secondsPerDay;

function canonical(universal: number, fraction: string, text: string): string | Problem {
  if (universal < firstSecond || universal >= endOfTime) return cellProblem('date.impossible', text);
  return `${wallClock(universal, 'T', fraction)}Z`;
}

function wallClock(seconds: number, separator: string, fraction: string): string {
  const day = Math.floor(seconds / secondsPerDay);
  const clock = clockText(seconds - day * secondsPerDay);
  const point = fraction === '' ? '' : `.${fraction}`;
  return `${dayText(packedDayOf(day))}${separator}${clock}${point}`;
}

/** Spreadsheets count from here on; Excel takes 1900 for a leap year. */
const firstSpreadsheetDay = dayNumber(1900, 3, 1) * secondsPerDay;

function onClock(value: string, clock: ZoneClock): string {
  const universal = secondsOf(value);
  const offset = clock.offsetAt(universal);
  const local = universal + offset;
  if (local < firstSecond || local >= endOfTime) return value;
  const shown = wallClock(local, ' ', value.slice(20, -1));
  const tells = local >= firstSpreadsheetDay && !clock.isRepeated(local);
  return tells ? shown : `${shown}${offsetText(offset)}`;
}

/** Of a canonical text, without its decimals. */
function secondsOf(value: string): number {
  const day = dayNumber(
    digitsAt(value, 0) * 100 + digitsAt(value, 2),
    digitsAt(value, 5),
    digitsAt(value, 8),
  );
  return day * secondsPerDay + digitsAt(value, 11) * 3600 + digitsAt(value, 14) * 60 + digitsAt(value, 17);
}

/** `+02:00`; with seconds where a zone kept the time of its meridian. */
function offsetText(offset: number): string {
  const clock = clockText(Math.abs(offset));
  return `${offset < 0 ? '-' : '+'}${clock.endsWith(':00') ? clock.slice(0, 5) : clock}`;
}
