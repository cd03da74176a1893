/** Days, canonically `YYYY-MM-DD`. A time of day may stand behind one only when it is midnight, so that none is lost. */

import { cellProblem } from './cell-problem.ts';
import { dayText, isDate } from './dates/calendar.ts';
import { dateSurvey } from './dates/date-order.ts';
import { dayAmbiguous, dayImpossible, resolveDay, scanDay, scannedDay } from './dates/date-text.ts';
import { dateNames } from './dates/month-names.ts';
import { isSerial, isSerialShape, serialDay, serialSeconds } from './dates/serial-date.ts';
import { digitsAt, isMidnight } from './dates/time-text.ts';
import type { FieldType } from './field-type.ts';

export const date: FieldType = {
  name: 'date',
  accepts:
    'A day as YYYY-MM-DD, with the month by its name, or in the order of the column; a serial number of Excel.',
  sqlType: 'date',
  reader: (_field, reading) => {
    const names = dateNames(reading.language);
    const rules = { order: reading.dateOrder, pivotYear: reading.pivotYear ?? pivotYear };
    const base = reading.dateBase ?? 1900;
    const takesSerial = reading.dateSerials === true ? isSerialShape : isSerial;
    const day = scannedDay();
    return (text) => {
      if (isCanonicalDay(text)) return text;
      if (takesSerial(text)) {
        const packed = serialSeconds(Number(text)) === 0 ? serialDay(Number(text), base) : 0;
        return packed > 0 ? dayText(packed) : cellProblem('date.unreadable', text);
      }
      if (!scanDay(text, day, names) || !isMidnight(text, day.end))
        return cellProblem('date.unreadable', text);
      const packed = resolveDay(day, rules);
      if (packed > 0) return dayText(packed);
      return cellProblem(problemOf(packed), text);
    };
  },
  survey: dateSurvey,
  write: (value) => value,
};

/** The rule of Excel: 29 is 2029, 30 is 1930. */
const pivotYear = 29;

/** What the code for an unreadable day is called. */
export function problemOf(code: number): 'date.ambiguous' | 'date.impossible' | 'date.unreadable' {
  if (code === dayAmbiguous) return 'date.ambiguous';
  return code === dayImpossible ? 'date.impossible' : 'date.unreadable';
}

/** `YYYY-MM-DD`, and a day of the calendar. */
function isCanonicalDay(text: string): boolean {
  return text.length === 10 && isCanonicalStart(text);
}

/** The first ten characters are a day of the calendar as ISO 8601 writes it. */
export function isCanonicalStart(text: string): boolean {
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return false;
  const year = digitsAt(text, 0) * 100 + digitsAt(text, 2);
  return isDate(year, digitsAt(text, 5), digitsAt(text, 8));
}
