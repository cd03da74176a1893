/**
 * Splits the bytes of delimited text into rows and cells without making a string of any of them. It is handed a
 * window of UTF-8 bytes at a time, and says how far the whole rows in it reach; what is left over begins the next
 * window. Only ASCII bytes and whole delimiters are looked for, so a character cut by the window's edge does no harm.
 *
 * A quote opens a cell only as its first character; anywhere else it is text. A row whose quotes do not fit is
 * settled by `broken-line.ts`. A quote that is never closed, by the end of the file, before a quote that cannot
 * close it, or within the bytes a row may have, is a fault of the row where it opened, and reading goes on with
 * the line after it. Every such search ends at the first quote that has no pair, where the next one may begin, so
 * the time stays linear in the file.
 */
import { afterBlanks, readBrokenLine, splitPlainly } from './broken-line.ts';
import { byteClasses, lineClass, lookCloser, ordinary } from './byte-classes.ts';
import { cellEscaped, cellShift, isAt, type Marks } from './csv-marks.ts';
import { type FoundFault, RowTable } from './row-table.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** The row needs bytes that the window does not have. */
const incomplete = -1;
/** A quote stands where it cannot close the cell, on the line where the cell opened. */
const broken = -2;
/** The cell's quote is never closed. */
const unclosed = -3;
/** A cell comes that is not plain. */
const notPlain = -4;

/** How much is shown of a row that is longer than may be held. */
const shownBytes = 4096;

export interface TokenizerOptions {
  readonly marks: Marks;
  readonly rowsMax: number;
  /** Lines at the file's beginning that are not part of the table. */
  readonly linesToSkip: number;
  readonly cellsKeptMax: number;
  /** Named in the fault of a row that is given up. */
  readonly cellBytesMax: number;
}

export class Tokenizer {
  /** The rows that the last `split` found. */
  readonly found: RowTable;
  /** Columns the table has; 0 while they are not known. Chooses between two readings of a broken line. */
  columns = 0;
  /** 1-based line on which the next row begins. */
  line = 1;
  linesToSkip: number;
  /** Most rows of one `split`. */
  rowsMax: number;

  readonly #marks: Marks;
  readonly #cellBytesMax: number;
  readonly #outside: Uint8Array;
  readonly #inside: Uint8Array;
  readonly #quote: number;
  /** The delimiter where cells can be plain; -1 where marks take several bytes, or blanks and escapes count. */
  readonly #plainDelimiter: number;
  #bytes: Uint8Array = new Uint8Array();
  #to = 0;
  #final = false;
  // Where the last plain cells end: in the window, and among the cells found.
  #plainTo = 0;
  #plainCount = 0;
  // What the last quoted cell was.
  #end = 0;
  #flags = 0;
  #openLine = 0;

  constructor(options: TokenizerOptions) {
    this.#marks = options.marks;
    this.rowsMax = options.rowsMax;
    this.linesToSkip = options.linesToSkip;
    this.found = new RowTable(options.cellsKeptMax);
    this.#cellBytesMax = options.cellBytesMax;
    this.#quote = options.marks.quote[0] ?? -1;
    this.#outside = byteClasses(options.marks, 'outside');
    this.#inside = byteClasses(options.marks, 'inside');
    const { delimiter, quote, escape: escapeByte, padded } = options.marks;
    const isPlain = delimiter.length === 1 && quote.length <= 1 && escapeByte === 0 && !padded;
    this.#plainDelimiter = isPlain ? (delimiter[0] as number) : -1;
  }

  /**
   * Splits bytes[from, to) into at most `rowsMax` rows. `bytes` must have room for one more byte at `to`, which is
   * overwritten. `final` says that the file ends there.
   * @returns where the first byte stands that belongs to no row yet.
   */
  split(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    this.#begin(bytes, to, final);
    const { found } = this;
    let position = from;
    while (position < to && found.rows < this.rowsMax) {
      const line = this.line;
      const next = this.#isSkipped(position) ? this.#afterLine(position) : this.#row(position);
      if (next === incomplete) {
        this.line = line;
        break;
      }
      if (this.linesToSkip > 0) this.linesToSkip--;
      position = next;
    }
    return position;
  }

  /**
   * Gives up on the row that begins at `from`, which is longer than may be held: it becomes a row with a fault, of
   * which the beginning is shown.
   * @returns where reading goes on; `to` when the row's line ends beyond the window, whose rest the caller passes over.
   */
  giveUp(bytes: Uint8Array, from: number, to: number): number {
    this.#begin(bytes, to, false);
    const { found } = this;
    const lineEnd = this.#lineEnd(from);
    found.reserve();
    found.faults.push({ index: 0, offset: from, ...this.#whyTooLong(from, to, lineEnd) });
    const shown = splitPlainly(bytes, from, Math.min(lineEnd, from + shownBytes), this.#marks);
    found.add(from, this.line, found.keep(0, shown), 0);
    this.line++;
    return lineEnd < to ? this.#lineBreak(lineEnd) : to;
  }

  /** Where a line has ended within the row, a quote is open. Else it is one line, of many cells or of a long one. */
  #whyTooLong(from: number, to: number, lineEnd: number): Pick<FoundFault, 'code' | 'details'> {
    if (lineEnd < to) return { code: 'row.unclosed_quote' };
    const [delimiter] = this.#marks.delimiter;
    let cells = 1;
    for (let at = from; at < to; at++) if (this.#bytes[at] === delimiter) cells++;
    const found = (count: number) => `more than ${count}`;
    return this.columns > 0 && cells > this.columns * 2
      ? { code: 'row.ragged', details: { found: found(cells), expected: this.columns } }
      : { code: 'cell.too_long', details: { found: found(this.#cellBytesMax), max: this.#cellBytesMax } };
  }

  #begin(bytes: Uint8Array, to: number, final: boolean): void {
    this.#bytes = bytes;
    this.#to = to;
    this.#final = final;
    this.found.clear();
    bytes[to] = LF;
  }

  /**
   * The hot loop: the cells from `from` on, for as long as they are plain, which is to say that they stand on one
   * line, quoted or not, and nothing in them asks for a decision. Nearly all bytes of nearly all files go through
   * here. It holds nothing else, so that its values stay in registers, and it compares bytes instead of looking them
   * up in a table of classes: with both it reads 0.9 GB/s, where one loop for everything read 0.5. `| 0` spares the
   * test whether a sum is still an integer.
   * @param count how many integers of the found cells are taken.
   * @param limit how many may be.
   * @returns where the line ends after the last cell; `notPlain` when a cell comes that is not, at `#plainTo`.
   */
  #plainCells(from: number, count: number, limit: number): number {
    const bytes = this.#bytes;
    const { cells } = this.found;
    const delimiter = this.#plainDelimiter;
    const quote = this.#quote;
    let n = count | 0;
    let p = from | 0;
    let begin = p;
    let b = bytes[p] as number;
    while (n < limit) {
      let high = 0;
      let text = p;
      let end: number;
      if (b === quote) {
        text = p = (p + 1) | 0;
        b = bytes[p] as number;
        while (b > CR && b !== quote) {
          high |= b;
          p = (p + 1) | 0;
          b = bytes[p] as number;
        }
        if (b !== quote) break;
        end = p;
        p = (p + 1) | 0;
        b = bytes[p] as number;
      } else {
        while (b > CR && b !== delimiter) {
          high |= b;
          p = (p + 1) | 0;
          b = bytes[p] as number;
        }
        end = p;
      }
      if (b !== delimiter && b !== LF && b !== CR) break;
      cells[n] = text;
      cells[n + 1] = (end << cellShift) | ((high & 0x80) >> 6);
      n = (n + 2) | 0;
      if (b !== delimiter) {
        this.#plainCount = n;
        return p;
      }
      p = (p + 1) | 0;
      begin = p;
      b = bytes[p] as number;
    }
    this.#plainTo = begin;
    this.#plainCount = n;
    return notPlain;
  }

  /** The cells of one row: what is not plain in it, cell by cell. */
  #row(start: number): number {
    const { found } = this;
    found.reserve();
    const bytes = this.#bytes;
    const to = this.#to;
    const outside = this.#outside;
    const quote = this.#quote;
    const delimiterLength = this.#marks.delimiter.length;
    const { padded } = this.#marks;
    const { cells } = found;
    const line = this.line;
    const isPlain = this.#plainDelimiter !== -1;
    let n = found.cellCount;
    const limit = n + found.room;
    let beyond = 0;
    let p = start;
    for (;;) {
      if (isPlain) {
        const lineEnd = this.#plainCells(p, n, limit);
        n = this.#plainCount;
        if (lineEnd !== notPlain) return this.#endRow(start, line, lineEnd, n, beyond);
        p = this.#plainTo;
      }
      let b = bytes[p] as number;
      let begin = p;
      let end: number;
      let flags = 0;
      if (b === SPACE && padded) {
        p = this.#afterPadding(p);
        b = bytes[p] as number;
      }
      if (b === quote && isAt(bytes, p, this.#marks.quote, to)) {
        const after = this.#quoted(p);
        if (after === incomplete) return incomplete;
        if (after < 0) return this.#mend(start, line, p, n, beyond, after);
        begin = p + this.#marks.quote.length;
        end = this.#end;
        flags = this.#flags;
        p = after;
        b = bytes[p] as number;
      } else {
        let high = 0;
        while (outside[b] === ordinary) {
          high |= b;
          b = bytes[++p] as number;
        }
        if (outside[b] === lookCloser) {
          p = this.#lookCloser(p);
          flags = this.#flags;
          b = bytes[p] as number;
        }
        end = p;
        flags |= (high & 0x80) >> 6;
      }
      if (n < limit) {
        cells[n] = begin;
        cells[n + 1] = (end << cellShift) | flags;
        n += 2;
      } else {
        beyond++;
      }
      if (b !== LF && b !== CR) {
        p += delimiterLength;
        continue;
      }
      return this.#endRow(start, line, p, n, beyond);
    }
  }

  /** The line of the row ends at `end`: the row is whole, unless its line break is not. */
  #endRow(start: number, line: number, end: number, cellsEnd: number, beyond: number): number {
    const next = this.#lineBreak(end);
    if (next === incomplete) return incomplete;
    this.found.add(start, line, cellsEnd, beyond);
    this.line++;
    return next;
  }

  /**
   * Reads the quoted cell that opens at `open`, leaving its end and flags behind.
   * @returns where the delimiter or the line break after it stands, or why there is none.
   */
  #quoted(open: number): number {
    const bytes = this.#bytes;
    const to = this.#to;
    const inside = this.#inside;
    const quote = this.#marks.quote;
    const openLine = this.line;
    this.#openLine = openLine;
    let high = 0;
    let flags = 0;
    let p = open + quote.length;
    for (;;) {
      let b = bytes[p] as number;
      while (inside[b] === ordinary) {
        high |= b;
        b = bytes[++p] as number;
      }
      if (p >= to) return this.#final ? unclosed : incomplete;
      if (inside[b] === lineClass) {
        if (b === CR || bytes[p - 1] !== CR) this.line++;
        p++;
      } else if (inside[b] === lookCloser) {
        flags = cellEscaped;
        if (p + 1 >= to && !this.#final) return incomplete;
        p += this.#escapeLength(p);
      } else if (quote.length > 1 && !isAt(bytes, p, quote, to)) {
        high |= b;
        p++;
      } else {
        const after = p + quote.length;
        if (after + quote.length > to && !this.#final) return incomplete;
        if (isAt(bytes, after, quote, to)) {
          flags = cellEscaped;
          p = after + quote.length;
          continue;
        }
        const next =
          bytes[after] === SPACE || bytes[after] === TAB ? afterBlanks(bytes, after, to, this.#marks) : after;
        if (next + this.#marks.delimiter.length > to && !this.#final) return incomplete;
        if (next < to && !this.#endsCell(next)) return this.line > openLine ? unclosed : broken;
        this.#end = p;
        this.#flags = flags | ((high & 0x80) >> 6);
        return next;
      }
    }
  }

  /** Settles a row with a quoted cell that cannot be read as it stands; `why` tells what `#quoted` found. */
  #mend(start: number, line: number, open: number, cellsEnd: number, beyond: number, why: number): number {
    this.line = this.#openLine;
    const lineEnd = this.#lineEnd(open);
    const next = this.#lineBreak(lineEnd);
    if (next === incomplete) return incomplete;
    const { found } = this;
    const before = (cellsEnd - found.cellCount) / 2 + beyond;
    const cells = why === broken ? this.#readBroken(open, lineEnd, before) : undefined;
    if (cells === undefined) {
      found.faults.push({ index: found.rows, offset: open, code: 'row.unclosed_quote', column: before });
    } else {
      found.mended.push(found.rows);
    }
    const kept = cells ?? splitPlainly(this.#bytes, open, lineEnd, this.#marks);
    const end = found.keep(cellsEnd, kept);
    found.add(start, line, end, beyond + (kept.length - (end - cellsEnd)) / 2);
    this.line++;
    return next;
  }

  /**
   * The reading of the rest of a line that gives the row as many cells as the table has columns. Where none does, the
   * row is not believed: it is as if its quote were never closed.
   */
  #readBroken(open: number, lineEnd: number, before: number): number[] | undefined {
    const lenient = readBrokenLine(this.#bytes, open, lineEnd, this.#marks, 'lenient');
    const literal = readBrokenLine(this.#bytes, open, lineEnd, this.#marks, 'literal');
    if (this.columns === 0) return lenient ?? literal;
    return [lenient, literal].find(
      (cells) => cells !== undefined && before + cells.length / 2 === this.columns,
    );
  }

  /** Is the line at `at` before the table, blank, or a comment? */
  #isSkipped(at: number): boolean {
    if (this.linesToSkip > 0) return true;
    const b = this.#bytes[at] as number;
    if (b === LF || b === CR) return true;
    if (b !== SPACE && b !== TAB) return isAt(this.#bytes, at, this.#marks.comment, this.#to);
    const next = this.#bytes[afterBlanks(this.#bytes, at, this.#to, this.#marks)];
    return next === LF || next === CR;
  }

  #afterLine(at: number): number {
    const next = this.#lineBreak(this.#lineEnd(at));
    if (next !== incomplete) this.line++;
    return next;
  }

  /** Where the line on which `at` stands ends. */
  #lineEnd(at: number): number {
    const bytes = this.#bytes;
    let end = at;
    while (end < this.#to && bytes[end] !== LF && bytes[end] !== CR) end++;
    return end;
  }

  /** @returns where the next line begins, given that this one ends at `at`. */
  #lineBreak(at: number): number {
    if (at >= this.#to) return this.#final ? this.#to : incomplete;
    if (this.#bytes[at] === LF) return at + 1;
    if (at + 1 >= this.#to) return this.#final ? this.#to : incomplete;
    return this.#bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** Where the quote stands that opens after blanks, or `at` when none does. */
  #afterPadding(at: number): number {
    const after = afterBlanks(this.#bytes, at, this.#to, this.#marks);
    return isAt(this.#bytes, after, this.#marks.quote, this.#to) ? after : at;
  }

  /** Goes on in an unquoted cell, past escapes and bytes that only look like a delimiter. @returns the cell's end. */
  #lookCloser(from: number): number {
    const bytes = this.#bytes;
    const { delimiter, escape: escapeByte } = this.#marks;
    let high = 0;
    let p = from;
    this.#flags = 0;
    for (;;) {
      const b = bytes[p] as number;
      const kind = this.#outside[b];
      if (kind === lineClass || isAt(bytes, p, delimiter, this.#to)) break;
      high |= b;
      if (b === escapeByte && escapeByte !== 0) {
        this.#flags = cellEscaped;
        p += this.#escapeLength(p);
      } else {
        p++;
      }
    }
    this.#flags |= (high & 0x80) >> 6;
    return p;
  }

  #endsCell(at: number): boolean {
    const b = this.#bytes[at];
    return b === LF || b === CR || isAt(this.#bytes, at, this.#marks.delimiter, this.#to);
  }

  /**
   * An escape covers the byte after it, but not the window's end. Between quotes a line break counts where it stands;
   * where nothing quotes, the escape is what makes it part of the cell.
   */
  #escapeLength(at: number): number {
    if (at + 1 >= this.#to) return 1;
    const next = this.#bytes[at + 1];
    if (next !== LF && next !== CR) return 2;
    if (this.#quote !== -1) return 1;
    this.line++;
    return next === CR && at + 2 < this.#to && this.#bytes[at + 2] === LF ? 3 : 2;
  }
}
