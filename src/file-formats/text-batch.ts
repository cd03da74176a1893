/** A batch of rows whose cells are strings already. */
import type { RowBatch, RowFault } from './rows.ts';

export interface TextRow {
  readonly cells: readonly string[];
  readonly line: number;
  readonly offset: number;
}

export class TextBatch implements RowBatch {
  readonly first: number;
  readonly faults: readonly RowFault[];
  readonly warnings: readonly RowFault[];
  readonly #rows: readonly TextRow[];

  constructor(
    first: number,
    rows: readonly TextRow[],
    faults: readonly RowFault[],
    warnings: readonly RowFault[] = [],
  ) {
    this.first = first;
    this.#rows = rows;
    this.faults = faults;
    this.warnings = warnings;
  }

  get length(): number {
    return this.#rows.length;
  }

  width(i: number): number {
    return this.#row(i).cells.length;
  }

  cell(i: number, column: number): string {
    return this.#row(i).cells[column] ?? '';
  }

  line(i: number): number {
    return this.#row(i).line;
  }

  offset(i: number): number {
    return this.#row(i).offset;
  }

  #row(i: number): TextRow {
    return this.#rows[i] as TextRow;
  }
}
