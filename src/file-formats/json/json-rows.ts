/** Turns the texts of JSON rows into batches: keys become columns in the order in which the file first shows them. */
import { isAscii, isUtf8 } from 'node:buffer';
import { AppError } from '../../platform/errors.ts';
import { Problem } from '../../platform/problems.ts';
import { firstInvalid } from '../encodings/invalid-utf8.ts';
import { findMojibake } from '../encodings/mojibake.ts';
import { nameColumns, numberColumns } from '../header.ts';
import type { ReadLimits } from '../limits.ts';
import type { Column, RowFault } from '../rows.ts';
import { TextBatch, type TextRow } from '../text-batch.ts';
import { type JsonMembers, membersWithin, readJsonRow, unreadable } from './json-value.ts';

export interface JsonRowsOptions {
  readonly limits: ReadLimits;
  readonly encoding: string;
  /** Rows that are arrays: does the first one name the columns? */
  readonly header: boolean;
}

/** Where a row's text came from: its line, its first byte in the file, and where a byte of it stands there. */
export interface RowPlace {
  readonly line: number;
  readonly offset: number;
  readonly offsetOf: (byte: number) => number;
}

/** An object with more parts than this, such as a table by its rows' ids, is looked into no further. */
const partsMax = 200;

/** How much of a row that cannot be read is shown in its place. */
const shownCharacters = 4096;

export class JsonRows {
  readonly #options: JsonRowsOptions;
  /** Column of each key, in order of first sight. */
  readonly #columns = new Map<string, number>();
  /** Of the columns that are parts of an object: the key of that object. */
  readonly #within = new Map<number, string>();
  #last: { readonly keys: readonly string[]; readonly places: readonly number[] } | undefined;
  #arrayHeader: readonly string[] | undefined;
  #arrayWidth = 0;
  #rowsRead = 0;
  #rows: TextRow[] = [];
  #faults: RowFault[] = [];
  #warnings: RowFault[] = [];

  constructor(options: JsonRowsOptions) {
    this.#options = options;
  }

  /** The columns seen so far. */
  columns(): Column[] {
    if (this.#columns.size > 0) return this.#withParts(nameColumns([...this.#columns.keys()]));
    return this.#arrayHeader === undefined ? numberColumns(this.#arrayWidth) : nameColumns(this.#arrayHeader);
  }

  #withParts(columns: readonly Column[]): Column[] {
    return columns.map((column) => {
      const within = this.#within.get(column.index);
      const parent = within === undefined ? undefined : columns[this.#columns.get(within) ?? -1];
      return parent === undefined ? column : { ...column, within: parent.name };
    });
  }

  get pending(): number {
    return this.#rows.length;
  }

  /** The rows since the last batch. */
  take(): TextBatch {
    const batch = new TextBatch(
      this.#rowsRead - this.#rows.length + 1,
      this.#rows,
      this.#faults,
      this.#warnings,
    );
    this.#rows = [];
    this.#faults = [];
    this.#warnings = [];
    return batch;
  }

  /** One row's text. `depth` tells how deep its brackets go. */
  add(bytes: Buffer, place: RowPlace, depth: number): void {
    if (depth > this.#options.limits.jsonDepthMax) {
      this.addFault(
        bytes,
        place,
        unreadable(`it is nested more than ${this.#options.limits.jsonDepthMax} deep`),
      );
    } else if (isUtf8(bytes)) {
      this.#addText(bytes, place);
    } else {
      const byte = place.offsetOf(firstInvalid(bytes));
      this.addFault(
        bytes,
        place,
        new Problem('cell.undecodable', { byte, encoding: this.#options.encoding }),
        byte,
      );
    }
  }

  /** A row that cannot be read: its one cell is its text. */
  addFault(bytes: Buffer, place: RowPlace, problem: Problem, offset = place.offset): void {
    this.#push([bytes.toString('utf8', 0, shownCharacters)], place);
    this.#fault(problem, offset);
  }

  #addText(bytes: Buffer, place: RowPlace): void {
    const members = readJsonRow(bytes.toString());
    if (members instanceof Problem) {
      this.addFault(bytes, place, members);
      return;
    }
    const mixed = this.#mixedWith(members.keys);
    if (mixed !== undefined) {
      this.addFault(bytes, place, mixed);
      return;
    }
    if (members.keys === undefined && this.#isArrayHeader(members.cells)) return;
    const cells = members.keys === undefined ? members.cells : this.#arranged(members);
    if (cells instanceof Problem) {
      this.addFault(bytes, place, cells);
      return;
    }
    this.#push(cells, place);
    this.#checkWidth(cells, members.keys === undefined, place);
    this.#checkCells(cells, place);
    if (!isAscii(bytes)) this.#warnOfMojibake(cells, place);
  }

  /** Rows are all objects or all lists. */
  #mixedWith(keys: readonly string[] | undefined): Problem | undefined {
    const areObjects = this.#columns.size > 0;
    const areLists = this.#arrayWidth > 0;
    if (keys === undefined && areObjects) return unreadable('it is a list, where the others are objects');
    return keys !== undefined && areLists
      ? unreadable('it is an object, where the others are lists')
      : undefined;
  }

  #isArrayHeader(cells: readonly string[]): boolean {
    if (this.#rowsRead > 0 || this.#arrayHeader !== undefined || this.#columns.size > 0) return false;
    this.#arrayWidth = cells.length;
    if (!this.#options.header) return false;
    this.#arrayHeader = cells;
    return true;
  }

  /** Cells under their columns; what is wrong when a key stands in the row twice. */
  #arranged({ keys = [], cells, nested }: JsonMembers): string[] | Problem {
    const places = this.#placesOf(keys);
    if (places instanceof Problem) return places;
    const arranged: string[] = [];
    for (let i = 0; i < keys.length; i++) {
      const column = places[i] as number;
      while (arranged.length < column) arranged.push('');
      arranged[column] = cells[i] as string;
    }
    for (const i of nested) {
      if (cells[i]?.startsWith('{') === true) this.#arrangeParts(keys[i] as string, cells[i], arranged);
    }
    return arranged;
  }

  /** The parts of an object beside it. A key of the row that is called as one of them is that one. */
  #arrangeParts(key: string, object: string, arranged: string[]): void {
    for (const [path, cell] of membersWithin(key, object)) {
      const column = this.#columns.get(path) ?? this.#partColumn(path, key);
      if (column === undefined || (arranged[column] ?? '') !== '') continue;
      while (arranged.length < column) arranged.push('');
      arranged[column] = cell;
    }
  }

  /** @returns undefined when there are so many parts already that they are data and no columns. */
  #partColumn(path: string, key: string): number | undefined {
    const room = Math.min(partsMax, this.#options.limits.columnsMax - this.#columns.size);
    if (this.#within.size >= room) return undefined;
    const column = this.#columns.size;
    this.#columns.set(path, column);
    this.#within.set(column, key);
    return column;
  }

  /** The column of each key; most rows have the keys of the row before. */
  #placesOf(keys: readonly string[]): readonly number[] | Problem {
    const last = this.#last;
    if (
      last !== undefined &&
      last.keys.length === keys.length &&
      last.keys.every((key, i) => key === keys[i])
    ) {
      return last.places;
    }
    const places: number[] = [];
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key)) return unreadable(`the key "${key}" stands in it twice`);
      seen.add(key);
      places.push(this.#columnOf(key));
    }
    this.#last = { keys, places };
    return places;
  }

  #columnOf(key: string): number {
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    const { columnsMax } = this.#options.limits;
    if (this.#columns.size - this.#within.size === columnsMax) {
      throw new AppError(
        'file.too_many_columns',
        `The rows have more than ${columnsMax} different keys; ${columnsMax} columns are allowed.`,
      );
    }
    const column = this.#columns.size;
    this.#columns.set(key, column);
    return column;
  }

  #checkWidth(cells: readonly string[], isArray: boolean, place: RowPlace): void {
    const expected = this.#arrayHeader?.length ?? this.#arrayWidth;
    if (!isArray || this.#columns.size > 0 || cells.slice(expected).every((cell) => cell === '')) return;
    this.#fault(new Problem('row.ragged', { found: cells.length, expected }), place.offset);
  }

  #checkCells(cells: readonly string[], place: RowPlace): void {
    const { cellBytesMax: max } = this.#options.limits;
    for (const [column, cell] of cells.entries()) {
      // A character has at most three bytes a unit, so most cells need not be measured.
      if (cell.length * 3 > max) {
        const found = Buffer.byteLength(cell);
        if (found > max) this.#fault(new Problem('cell.too_long', { found, max }), place.offset, column);
      }
      if (cell.includes('\0')) this.#fault(new Problem('cell.nul'), place.offset, column);
      else if (!cell.isWellFormed())
        this.#fault(unreadable('it holds half of a character (a lone surrogate)'), place.offset, column);
    }
  }

  #warnOfMojibake(cells: readonly string[], place: RowPlace): void {
    for (const [column, cell] of cells.entries()) {
      const sample = findMojibake(cell);
      if (sample === undefined) continue;
      this.#warnings.push({ ...this.#at(place.offset), code: 'cell.mojibake', column, details: { sample } });
      return;
    }
  }

  #push(cells: readonly string[], { line, offset }: RowPlace): void {
    this.#rows.push({ cells, line, offset });
    this.#rowsRead++;
  }

  /** At most one fault a row: the first. */
  #fault({ code, details }: Problem, offset: number, column?: number): void {
    if (this.#faults.at(-1)?.row === this.#rowsRead) return;
    this.#faults.push({ ...this.#at(offset), code, details, ...(column !== undefined && { column }) });
  }

  #at(offset: number): { row: number; offset: number } {
    return { row: this.#rowsRead, offset };
  }
}
