/**
 * Values as a spreadsheet keeps them: numbers as doubles of 15 digits, days and times as the days since the end of
 * 1899. Each answers false, having put what is to be taken back, where there is no such cell for the value.
 */
import type { WorkbookText } from './cell-text.ts';

const digitsMax = 15;
const minus = 0x2d;
const point = 0x2e;
const colon = 0x3a;
const zero = 0x30;
const space = 0x20;

/** @param line has the number as plain digits, with a sign and a decimal point or without. */
export function putNumber(out: WorkbookText, line: Buffer, from: number, to: number): boolean {
  const start = line[from] === minus ? from + 1 : from;
  let digits = 0;
  let zerosAtEnd = 0;
  let hasPoint = false;
  for (let at = start; at < to; at += 1) {
    const byte = line[at] ?? 0;
    if (byte === point && !hasPoint && at > start) {
      hasPoint = true;
      zerosAtEnd = 0;
    } else if (byte >= zero && byte <= 0x39) {
      digits += 1;
      zerosAtEnd = byte === zero && hasPoint ? zerosAtEnd + 1 : 0;
    } else return false;
  }
  const isFraction = line[start] === zero && line[start + 1] === point;
  const hasLeadingZero = line[start] === zero && to - start > 1 && !isFraction;
  const kept = digits - zerosAtEnd - (isFraction ? 1 : 0);
  if (digits === 0 || hasLeadingZero || kept > digitsMax) return false;
  out.putRaw(line, from, to);
  return true;
}

/** Day 61 is 1900-03-01: before it Excel counts a day that never was. */
const firstDay = 61;

/** `YYYY-MM-DD` at `from`. */
export function putDay(out: WorkbookText, line: Buffer, from: number): boolean {
  const serial = dayAt(line, from);
  if (Number.isNaN(serial)) return false;
  out.putDigits(serial, digitsOf(serial));
  return true;
}

/** @returns NaN where no cell has such a day. */
function dayAt(line: Buffer, from: number): number {
  if (line[from + 4] !== minus || line[from + 7] !== minus) return Number.NaN;
  const year = twoDigits(line, from) * 100 + twoDigits(line, from + 2);
  const serial = serialOf(year, twoDigits(line, from + 5), twoDigits(line, from + 8));
  return serial >= firstDay ? serial : Number.NaN;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits += 1;
  return digits;
}

const millisecondsPerDay = 86_400_000;
const millisecondsDigits = 3;
const timeLength = 19;

/** `YYYY-MM-DD HH:MM:SS`, with up to three decimals: a double does not keep microseconds of our days. */
export function putTime(out: WorkbookText, line: Buffer, from: number, to: number): boolean {
  const isTime =
    to - from >= timeLength &&
    line[from + 10] === space &&
    line[from + 13] === colon &&
    line[from + 16] === colon;
  if (!isTime) return false;
  const milliseconds = to - from === timeLength ? 0 : millisecondsOf(line, from + timeLength, to);
  const seconds =
    twoDigits(line, from + 11) * 3600 + twoDigits(line, from + 14) * 60 + twoDigits(line, from + 17);
  const time = seconds * 1000 + milliseconds;
  const day = dayAt(line, from);
  if (Number.isNaN(day + time)) return false;
  out.putAscii(String(placeOf(day, time)));
  return true;
}

/**
 * The double next to the time that is not before it: LibreOffice, and not it alone, cuts what it shows, and would show a
 * second less.
 */
function placeOf(day: number, time: number): number {
  const place = day + time / millisecondsPerDay;
  return (place - day) * millisecondsPerDay < time ? place * (1 + Number.EPSILON) : place;
}

/** @returns NaN for anything but a point and one to three digits. */
function millisecondsOf(line: Buffer, from: number, to: number): number {
  const places = to - from - 1;
  if (line[from] !== point || places < 1 || places > millisecondsDigits) return Number.NaN;
  let value = 0;
  for (let at = from + 1; at <= from + millisecondsDigits; at += 1)
    value = value * 10 + (at < to ? digitOf(line, at) : 0);
  return value;
}

function twoDigits(line: Buffer, at: number): number {
  return digitOf(line, at) * 10 + digitOf(line, at + 1);
}

function digitOf(line: Buffer, at: number): number {
  const digit = (line[at] ?? 0) - zero;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
}

const daysBefore1900 = 693_900;

/** Days since 1899-12-30; years begin in March here, so that a leap day is the last of one. */
function serialOf(year: number, month: number, day: number): number {
  const early = month <= 2;
  const years = early ? year - 1 : year;
  const months = early ? month + 9 : month - 3;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - daysBefore1900;
}
