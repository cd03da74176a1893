/** What the cells of a table tell beside their texts: columns of numbers, amounts of money, formulas without a value. */
import type { Column } from '../rows.ts';
import type { NumberFormat } from './number-format.ts';
import type { SheetBatch } from './sheet-batch.ts';
import { cellKinds } from './sheet-cells.ts';

const signsKept = 3;

const numbers = 1;
const days = 2;
const others = 4;

export class SheetFacts {
  /** What the cells of each column are, one bit for each kind. */
  private readonly kinds: Uint8Array;
  private readonly signs = new Map<number, Set<string>>();
  private formulas = 0;

  /** @param columns of the table. */
  constructor(columns: number) {
    this.kinds = new Uint8Array(columns);
  }

  see(batch: SheetBatch): void {
    batch.eachCell((column, kind, format) => {
      const seen = kind === cellKinds.iso ? days : kind === cellKinds.number ? numberKind(format) : others;
      this.kinds[column] = (this.kinds[column] as number) | seen;
      if (kind === cellKinds.formula) this.formulas += 1;
      else if (seen === numbers && format.kind === 'money') this.addSign(column, format.sign);
    });
  }

  cellsOf(column: number): Pick<Column, 'cells'> {
    if (this.kinds[column] === numbers) return { cells: 'numbers' };
    return this.kinds[column] === days ? { cells: 'days' } : {};
  }

  notes(columns: readonly Column[]): string[] {
    const notes = columns.flatMap(({ name, index }) => {
      const signs = [...(this.signs.get(index) ?? [])];
      return signs.length === 0
        ? []
        : [`Amounts in "${name}" are shown with ${signs.join(', ')}; they are read as plain numbers.`];
    });
    if (this.formulas > 0) {
      const formulas =
        this.formulas === 1
          ? 'One formula has no value, since no spreadsheet has calculated it yet'
          : `${this.formulas} formulas have no value, since no spreadsheet has calculated them yet`;
      notes.push(`${formulas}: open the workbook in one, and save it.`);
    }
    return notes;
  }

  private addSign(column: number, sign: string): void {
    const signs = this.signs.get(column) ?? new Set<string>();
    if (signs.size < signsKept) signs.add(sign);
    this.signs.set(column, signs);
  }
}

/** Days and times are as ISO 8601 has them by the time they are read; codes are texts. */
function numberKind({ kind }: NumberFormat): number {
  if (kind === 'date' || kind === 'datetime') return days;
  return kind === 'plain' || kind === 'money' || kind === 'percent' ? numbers : others;
}
