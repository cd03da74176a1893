/**
 * The order of day, month and year is found for a whole column: it is the one that reads most of the cells, and the
 * cells it cannot read are problems. When day first and month first read as many, and some cell differs by it, the
 * column is ambiguous: a person is asked, nothing is guessed. A short year in front must read more cells than one
 * at the end, as it does as soon as one cell can be read in no other way.
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
    if ((orders & mayBeYmd) > 0) reads.ymd++;
    if ((orders & openOrders) === openOrders && day.first !== day.second) open++;
  }

  return {
    see,
    settle: () => {
      const order = bestOrder(reads);
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

const openOrders = mayBeDmy + mayBeMdy;

function bestOrder({ dmy, mdy, ymd }: Record<DateOrder, number>): DateOrder | undefined {
  if (ymd > Math.max(dmy, mdy)) return 'ymd';
  if (dmy === mdy) return undefined;
  return dmy > mdy ? 'dmy' : 'mdy';
}
