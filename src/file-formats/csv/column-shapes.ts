/**
 * Tells whether the cells of a row that is too short have shifted. Cells missing at the end of a row do no harm; one
 * missing in the middle puts all that follow into the wrong columns. It shows when a cell has a shape (an e-mail
 * address, a date, a number …) that its column never has, and a later column always.
 */
import { type CellKind, cellKind } from '../cell-kind.ts';
import type { CsvBatch } from './csv-batch.ts';

const rowsLearnt = 200;
const cellsNeeded = 3;
const always = 0.8;
const never = 0.02;

interface Shape {
  filled: number;
  readonly kinds: Map<CellKind, number>;
}

export class ColumnShapes {
  readonly #shapes: readonly Shape[];

  /** Learns from the rows of a batch that have all their cells. */
  constructor(batch: CsvBatch, columns: number) {
    this.#shapes = Array.from({ length: columns }, () => ({ filled: 0, kinds: new Map() }));
    let learnt = 0;
    for (let i = 0; i < batch.length && learnt < rowsLearnt; i++) {
      if (batch.width(i) !== columns) continue;
      learnt++;
      for (const [column, shape] of this.#shapes.entries()) {
        const kind = cellKind(batch.cell(i, column));
        if (kind === 'blank') continue;
        shape.filled++;
        shape.kinds.set(kind, (shape.kinds.get(kind) ?? 0) + 1);
      }
    }
  }

  isShifted(batch: CsvBatch, i: number): boolean {
    const width = batch.width(i);
    const missing = this.#shapes.length - width;
    for (let column = 0; column < width; column++) {
      const kind = cellKind(batch.cell(i, column));
      if (kind === 'blank' || kind === 'text' || this.#share(column, kind) > never) continue;
      for (let later = column + 1; later <= column + missing; later++) {
        if (this.#share(later, kind) >= always) return true;
      }
    }
    return false;
  }

  /** How many of the column's cells are of a kind; a column with too few cells tells nothing. */
  #share(column: number, kind: CellKind): number {
    const shape = this.#shapes[column];
    if (shape === undefined || shape.filled < cellsNeeded) return 0.5;
    return (shape.kinds.get(kind) ?? 0) / shape.filled;
  }
}
