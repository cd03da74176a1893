/**
 * A serial number as the day or the time that a spreadsheet shows for it. Days count from the end of 1899, with a 29
 * February 1900 that never was; in workbooks of old Macs from 1904-01-01, which is their 0.
 */

const daysBefore = { 1900: 693_899, 1904: 695_361 };
/** In workbooks that count from 1900, the days before the one that never was have a number less. */
const neverWas = 60;
const lastSerial = { 1900: 2_958_465, 1904: 2_957_003 };
const millisecondsPerDay = 86_400_000;

/** What a spreadsheet shows where there is no day for a number; a field takes it for what it is. */
const noDay = '########';

/** `2021-07-26`, with the time of day behind it where there is one, or where `withTime` asks for it. */
export function dayText(serial: number, base: 1900 | 1904, withTime: boolean): string {
  const milliseconds = Math.round((serial - Math.floor(serial)) * millisecondsPerDay);
  const isNextDay = milliseconds === millisecondsPerDay;
  const whole = Math.floor(serial) + (isNextDay ? 1 : 0);
  if (!(serial >= 0) || whole > lastSerial[base]) return noDay;
  const rest = isNextDay ? 0 : milliseconds;
  const day = calendarDay(whole, base);
  return withTime || rest !== 0 ? `${day} ${clockText(rest)}` : day;
}

/** `10:30:00`, of a number below one: more is a day with its time. */
export function timeText(serial: number, base: 1900 | 1904): string {
  if (!(serial >= 0 && serial < 1)) return dayText(serial, base, true);
  return clockText(Math.round(serial * millisecondsPerDay));
}

/** `36:15:00`: hours go on beyond a day. */
export function durationText(serial: number): string {
  return serial < 0
    ? `-${clockText(Math.round(-serial * millisecondsPerDay))}`
    : clockText(Math.round(serial * millisecondsPerDay));
}

/** Excel shows 0 as a day before the first of January, and has the day that never was; neither is one. */
function calendarDay(whole: number, base: 1900 | 1904): string {
  if (base === 1900 && whole === 0) return '1900-01-00';
  if (base === 1900 && whole === neverWas) return '1900-02-29';
  const shifted = base === 1900 && whole < neverWas ? whole + 1 : whole;
  return civil(shifted + daysBefore[base]);
}

const daysPerEra = 146_097;

/** @param days since 0000-03-01; years begin in March here, so that a leap day is the last of one. */
function civil(days: number): string {
  const era = Math.floor(days / daysPerEra);
  const ofEra = days - era * daysPerEra;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const isNextYear = month >= 10;
  const year = yearOfEra + era * 400 + (isNextYear ? 1 : 0);
  return `${digits(year, 4)}-${digits(isNextYear ? month - 9 : month + 3, 2)}-${digits(day, 2)}`;
}

function clockText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const fraction = milliseconds - seconds * 1000;
  const minutes = Math.floor(seconds / 60);
  const shown = `${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}:${digits(seconds % 60, 2)}`;
  return fraction === 0 ? shown : `${shown}.${digits(fraction, 3)}`;
}

function digits(value: number, places: number): string {
  if (places === 2 && value < 100) return twoDigits[value] as string;
  return String(value).padStart(places, '0');
}

const twoDigits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));
