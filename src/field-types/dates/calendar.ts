/** The Gregorian calendar, carried on before its time, as ISO 8601 and PostgreSQL do. Years 1 to 9999. */

export const secondsPerDay = 86_400;

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function isDate(year: number, month: number, day: number): boolean {
  return (
    year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
  );
}

/** Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year. */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}

/** A day packed into one number, year * 10000 + month * 100 + day, so that it needs no object. */
export function packDay(year: number, month: number, day: number): number {
  return year * 10_000 + month * 100 + day;
}

/** The packed day of a day number; the inverse of `dayNumber`. */
export function packedDayOf(number: number): number {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return packDay(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
}

export function dayNumberOf(packed: number): number {
  return dayNumber(Math.floor(packed / 10_000), Math.floor(packed / 100) % 100, packed % 100);
}

const two: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** `2021-07-26` */
export function dayText(packed: number): string {
  const year = Math.floor(packed / 10_000);
  const century = Math.floor(year / 100);
  return `${two[century]}${two[year % 100]}-${two[Math.floor(packed / 100) % 100]}-${two[packed % 100]}`;
}

/** `10:30:00`; seconds since midnight. */
export function clockText(seconds: number): string {
  return `${two[Math.floor(seconds / 3600)]}:${two[Math.floor(seconds / 60) % 60]}:${two[seconds % 60]}`;
}
