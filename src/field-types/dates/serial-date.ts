/**
 * Excel's serial numbers: days since the end of 1899, the time of day behind the point. Excel counts a 29 February
 * 1900 that never was, so that serial 60 is no day and those before it count from a day later; workbooks of old
 * Macs count from 1904-01-01, which is their 0.
 */
import { dayNumber, packedDayOf, secondsPerDay } from './calendar.ts';

const serial = /^[0-9]{1,5}(?:\.[0-9]{1,15})?$/;
const longest = 21;

const base1900 = dayNumber(1899, 12, 30);
const base1904 = dayNumber(1904, 1, 1);
const neverWas = 60;

/** Numbers below are taken for years or other things, unless the column holds serials: 10000 is 18 May 1927. */
const certainFrom = 10_000;

/** A number of five digits, from 1927 to 2173. */
export function isSerial(text: string): boolean {
  return isSerialShape(text) && Number(text) >= certainFrom;
}

export function isSerialShape(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return text.length <= longest && last >= 0x30 && last <= 0x39 && serial.test(text);
}

/** @returns the packed day; 0 for a number that is no day. */
export function serialDay(number: number, base: 1900 | 1904): number {
  const whole = Math.floor(number);
  if (base === 1904) return packedDayOf(base1904 + whole);
  if (whole < 1 || whole === neverWas) return 0;
  return packedDayOf(base1900 + whole + (whole < neverWas ? 1 : 0));
}

/** Seconds since midnight, to the nearest one; 86400 when that is the next midnight. */
export function serialSeconds(number: number): number {
  return Math.round((number - Math.floor(number)) * secondsPerDay);
}
