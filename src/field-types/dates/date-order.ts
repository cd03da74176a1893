/**
 * The order of day, month and year is found for a whole column: it is the one that reads most of the cells, and the
 * cells it cannot read are problems. When day first and month first read as many, and some cell differs by it, the
 * column is ambiguous: a person is asked, nothing is guessed. A short year in front must read more cells than one
 * at the end, as it does as soon as one cell can be read in no other way, or show itself by its numbers: what is in front
 * never lies ahead of this year, and what is at the end runs through the days of a month.
 *
 * Cells that tell their order themselves (ISO 8601, names of months) have no vote and need none. A column of numbers
 * alone, some of them certainly serial numbers of Excel, is one of serial numbers.
 */

import type { ColumnReading, ColumnSurvey, DateOrder } from '../field-type.ts';
import { mayBeDmy, mayBeMdy, mayBeYmd, ordersOf, scanDay, scannedDay } from './date-text.ts';
import { dateNames } from './month-names.ts';
import { isSerial, isSerialShape } from './serial-date.ts';

export function dateSurvey(): ColumnSurvey {
  const names = dateNames(undefined);
  const day = scannedDay();
  const reads: Record<DateOrder, number> = { dmy: 0, mdy: 0, ymd: 0 };
  const short = { first: 0, third: 0 };
  let open = 0;
  let serials = 0;
  let others = 0;

  function see(text: string): void {
    if (isSerialShape(text)) {
      if (isSerial(text)) serials++;
      return;
    }
    others++;
    if (isIsoStart(text)) return;
    if (!scanDay(text, day, names) || day.named > 0 || day.firstWidth > 2) return;
    if (day.thirdWidth !== 2 && day.thirdWidth !== 4) return;
    const orders = ordersOf(day);
    if ((orders & mayBeDmy) > 0) reads.dmy++;
    if ((orders & mayBeMdy) > 0) reads.mdy++;
    if ((orders & mayBeYmd) > 0) {
      reads.ymd++;
      short.first |= 1 << day.first;
      short.third |= 1 << day.third;
    }
    if ((orders & openOrders) === openOrders && day.first !== day.second) open++;
  }

  return {
    see,
    settle: () => {
      const order =
        reads.ymd > 0 && reads.ymd === reads.dmy && endsWithDays(short) ? 'ymd' : bestOrder(reads);
      const reading: ColumnReading = {
        ...(order === undefined ? {} : { dateOrder: order }),
        ...(serials > 0 && others === 0 ? { dateSerials: true } : {}),
      };
      return { reading, ambiguous: order === undefined && open > 0 };
    },
  };
}

/** `2021-07…`: most cells of most files, and nothing to find out. */
function isIsoStart(text: string): boolean {
  return text.charCodeAt(4) === 0x2d && text.charCodeAt(0) <= 0x39;
}

/** So many different numbers are days: hardly a file reaches over more years, and into the years to come. */
const daysMin = 20;

/** @param short the numbers up to 31 that stand in front and at the end, a bit for each. */
function endsWithDays({ first, third }: { readonly first: number; readonly third: number }): boolean {
  const yearNow = new Date().getUTCFullYear() % 100;
  const ahead = (numbers: number) => numbers >>> (yearNow + 1) !== 0;
  return !ahead(first) && ahead(third) && countBits(third) >= daysMin;
}

function countBits(numbers: number): number {
  let count = 0;
  for (let left = numbers; left !== 0; left &= left - 1) count++;
  return count;
}

const openOrders = mayBeDmy + mayBeMdy;

function bestOrder({ dmy, mdy, ymd }: Record<DateOrder, number>): DateOrder | undefined {
  if (ymd > Math.max(dmy, mdy)) return 'ymd';
  if (dmy === mdy) return undefined;
  return dmy > mdy ? 'dmy' : 'mdy';
}
