/**
 * Rows of a sheet, from lines of values to XML (ECMA-376 part 1, 18.3.1), bytes to bytes: no value becomes a string on
 * the way. Lines are those of PostgreSQL's COPY in text format: values apart by tabs, `\N` for an absent one, and
 * backslashes before what would be taken for a tab or a line end.
 *
 * What a cell is follows from its column's kind, never from how its text looks. A value that its kind has no cell for
 * is written as text: a number of more digits than a spreadsheet keeps, a day before spreadsheets count, a time with
 * its offset.
 */
import { cellCharactersMax, WorkbookText } from './cell-text.ts';
import { putDay, putNumber, putTime } from './typed-cells.ts';

/** What a column holds. `header` is the text of the first row. */
export type CellKind = 'text' | 'number' | 'money' | 'boolean' | 'date' | 'datetime';

/** Places in the list of cell formats, as `styles` in parts.ts writes them. */
export const styleOf: Readonly<Record<CellKind | 'header', number>> = {
  header: 1,
  text: 2,
  number: 3,
  money: 4,
  boolean: 5,
  date: 6,
  datetime: 7,
};

const tab = 0x09;
const lineFeed = 0x0a;
const backslash = 0x5c;
const absentMark = 0x4e;
const space = 0x20;
const yes = 0x74;
const no = 0x66;

/** A byte of a line becomes seven at most: `_x000B_`. */
const bytesPerByteMax = 7;
/** Of a cell without its value, references and tags. */
const bytesPerCellMax = 100;
const rowDigitsMax = 7;

interface ColumnXml {
  readonly kind: CellKind;
  /** `<c r="A` */
  readonly opening: Uint8Array;
  readonly typed: Uint8Array;
  readonly text: Uint8Array;
  readonly keptText: Uint8Array;
}

const typedEnd = ascii('</v></c>');
const textEnd = ascii('</t></is></c>');
const rowStart = ascii('<row r="');
const rowNumberEnd = ascii('">');
const rowEnd = ascii('</row>');

export class SheetRows {
  private readonly columns: readonly ColumnXml[];
  private readonly out = new WorkbookText();
  private readonly rowDigits = new Uint8Array(rowDigitsMax);
  private rowDigitsLength = 0;

  constructor(kinds: readonly CellKind[], style?: number) {
    this.columns = kinds.map((kind, index) => columnXml(kind, columnName(index), style ?? styleOf[kind]));
  }

  /**
   * @param lines whole lines, each with its line feed.
   * @param from byte at which to begin. @param row 1-based number of the first of them in the sheet.
   * @param rowsMax at most so many.
   * @returns the XML, which the next call overwrites; how many rows it holds; the byte after them.
   * @throws RangeError for a text of more characters than a cell holds.
   */
  write(
    lines: Buffer,
    { from, row, rowsMax }: { readonly from: number; readonly row: number; readonly rowsMax: number },
  ): { readonly xml: Buffer; readonly rows: number; readonly next: number } {
    this.out.clear();
    let next = from;
    let rows = 0;
    while (next < lines.length && rows < rowsMax) {
      const end = lines.indexOf(lineFeed, next);
      this.out.reserve((end - next) * bytesPerByteMax + (this.columns.length + 1) * bytesPerCellMax);
      this.writeRow(lines, next, end, row + rows);
      next = end + 1;
      rows += 1;
    }
    return { xml: this.out.taken(), rows, next };
  }

  private writeRow(line: Buffer, from: number, end: number, row: number): void {
    const { out } = this;
    this.setRow(row);
    out.put(rowStart);
    out.putPart(this.rowDigits, this.rowDigitsLength);
    out.put(rowNumberEnd);
    let at = from;
    for (const column of this.columns) {
      let stop = at;
      while (stop < end && line[stop] !== tab) stop += 1;
      const isAbsent =
        stop === at || (stop - at === 2 && line[at] === backslash && line[at + 1] === absentMark);
      if (!isAbsent) this.writeCell(column, line, at, stop);
      at = stop + 1;
    }
    out.put(rowEnd);
  }

  private setRow(row: number): void {
    const text = String(row);
    for (let i = 0; i < text.length; i += 1) this.rowDigits[i] = text.charCodeAt(i);
    this.rowDigitsLength = text.length;
  }

  private writeCell(column: ColumnXml, line: Buffer, from: number, to: number): void {
    const { out } = this;
    out.put(column.opening);
    out.putPart(this.rowDigits, this.rowDigitsLength);
    if (column.kind !== 'text') {
      const before = out.length;
      out.put(column.typed);
      if (this.putTyped(column.kind, line, from, to)) {
        out.put(typedEnd);
        return;
      }
      out.cutTo(before);
    }
    if (to - from > cellCharactersMax) assertFits(line, from, to);
    out.put(keepsBlanks(line, from, to) ? column.keptText : column.text);
    out.putText(line, from, to);
    out.put(textEnd);
  }

  /** @returns false when there is no such cell for the value. */
  private putTyped(kind: Exclude<CellKind, 'text'>, line: Buffer, from: number, to: number): boolean {
    switch (kind) {
      case 'boolean':
        return this.putBoolean(line, from, to);
      case 'date':
        return to - from === 10 && putDay(this.out, line, from);
      case 'datetime':
        return putTime(this.out, line, from, to);
      default:
        return putNumber(this.out, line, from, to);
    }
  }

  private putBoolean(line: Buffer, from: number, to: number): boolean {
    const byte = line[from];
    if (to - from !== 1 || (byte !== yes && byte !== no)) return false;
    this.out.putByte(byte === yes ? 0x31 : 0x30);
    return true;
  }
}

function columnXml(kind: CellKind, name: string, style: number): ColumnXml {
  // A value that is written as text in spite of its column's kind keeps the format of text.
  const textStyle = kind === 'text' ? style : styleOf.text;
  const text = `" s="${textStyle}" t="inlineStr"><is><t`;
  return {
    kind,
    opening: ascii(`<c r="${name}`),
    typed: ascii(`" s="${style}"${kind === 'boolean' ? ' t="b"' : ''}><v>`),
    text: ascii(`${text}>`),
    keptText: ascii(`${text} xml:space="preserve">`),
  };
}

/** A, B … Z, AA … @param index 0-based. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

/** It begins or ends with a blank, or with what stands behind a backslash in the line. */
function keepsBlanks(line: Buffer, from: number, to: number): boolean {
  const first = line[from];
  return first === space || first === backslash || line[to - 1] === space || line[to - 2] === backslash;
}

function assertFits(line: Buffer, from: number, to: number): void {
  const text = line.toString('utf8', from, to).replace(/\\./g, ' ');
  if (text.length > cellCharactersMax)
    throw new RangeError(`A text of ${text.length} characters does not fit into a cell of a workbook.`);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
