/** The rows of a sheet out of its XML (ECMA-376 part 1, 18.3.1), and which cells are merged. */
import { CellText, textProblem } from './cell-bytes.ts';
import { cellFields, cellKinds, kindBits, SheetCells } from './sheet-cells.ts';
import { nameCode, type XmlScanner, type XmlSink } from './xml-scanner.ts';
import { brokenXml } from './xml-text.ts';

const row = nameCode('row');
const cell = nameCode('c');
const value = nameCode('v');
const formula = nameCode('f');
const inline = nameCode('is');
const text = nameCode('t');
const phonetic = nameCode('rPh');
const reference = nameCode('r');
const style = nameCode('s');

export const columnsOfSheet = 16_384;
export const rowsOfSheet = 1_048_576;
/** A style's number and a kind go into one integer. */
const stylesMax = 2 ** (31 - kindBits);

/** How a cell says what it holds, by the first letter of the word. */
const typeNumber = 0x6e;
const typeBoolean = 0x62;
const typeDate = 0x64;
const typeError = 0x65;
/** `s` for a shared text, `str` for the text of a formula. */
const typeShared = 0x73;
const typeInline = 0x69;

export interface SheetScannerOptions {
  readonly cellBytesMax: number;
  /** Of rows that are handed over together. */
  readonly rowsMax: number;
}

const cellsMax = 1 << 16;
const bytesMax = 1 << 20;

export class SheetScanner implements XmlSink {
  /** Rows that are whole, to be taken away. */
  readonly ready: SheetCells[] = [];
  /** Merged cells that reach over several rows. */
  mergedRows = 0;
  private readonly options: SheetScannerOptions;
  private readonly taken: CellText;
  private cells = new SheetCells();
  private isInData = false;
  private isInRow = false;
  private isInCell = false;
  private isInInline = false;
  private isTaking = false;
  private phonetics = 0;
  private line = 0;
  private column = -1;
  private style = 0;
  private type = typeNumber;
  private isFormula = false;
  private isText = false;

  constructor(options: SheetScannerOptions) {
    this.options = options;
    this.taken = new CellText(options.cellBytesMax);
  }

  open(tag: XmlScanner): void {
    switch (tag.code) {
      case cell:
        if (this.isInRow) this.beginCell(tag);
        break;
      case value:
        this.isTaking = this.isInCell;
        break;
      case text:
        this.isTaking = this.isInInline && this.phonetics === 0;
        break;
      case row:
        if (this.isInData) this.beginRow(tag);
        break;
      case formula:
        this.isFormula = true;
        break;
      case inline:
        this.isInInline = this.isInCell;
        break;
      case phonetic:
        this.phonetics += 1;
        break;
      case 0:
        if (tag.isNamed('sheetData')) this.isInData = true;
        else if (tag.isNamed('mergeCell')) this.countMerged(tag.attribute('ref') ?? '');
    }
  }

  close(code: number, tag: XmlScanner): void {
    switch (code) {
      case cell:
        if (this.isInCell) this.endCell();
        break;
      case value:
      case text:
        this.isTaking = false;
        break;
      case row:
        if (this.isInRow) this.endRow();
        break;
      case inline:
        this.isInInline = false;
        break;
      case phonetic:
        this.phonetics -= 1;
        break;
      case 0:
        if (tag.isNamed('sheetData')) this.isInData = false;
    }
  }

  text(bytes: Uint8Array, from: number, to: number): void {
    if (this.isTaking) this.taken.take(bytes, from, to);
  }

  /** Hands over what is there, at the end of the sheet. */
  flush(): void {
    if (this.cells.rows > 0) this.ready.push(this.cells);
    this.cells = new SheetCells(this.cells);
  }

  private beginRow(tag: XmlScanner): void {
    const at = tag.find(reference);
    this.line = at < 0 ? this.line + 1 : wholeNumber(tag.source, at, tag.valueEnd);
    if (!(this.line >= 1 && this.line <= rowsOfSheet)) throw brokenXml('a row has a number that none has');
    this.column = -1;
    this.isInRow = true;
    this.cells.beginRow(this.line, tag.position);
  }

  private endRow(): void {
    const { cells } = this;
    this.isInRow = false;
    cells.endRow();
    const isFull =
      cells.rows >= this.options.rowsMax ||
      cells.cellsUsed >= cellsMax * cellFields ||
      cells.bytesUsed >= bytesMax;
    if (isFull) this.flush();
  }

  private beginCell(tag: XmlScanner): void {
    const { source } = tag;
    const at = tag.find(reference);
    const column = at < 0 ? this.column + 1 : columnOf(source, at, tag.valueEnd);
    if (column <= this.column) throw brokenXml(`the cells of row ${this.line} are not in their order`);
    if (column >= columnsOfSheet) throw brokenXml(`row ${this.line} has a cell beyond the last column`);
    this.column = column;
    const styleAt = tag.find(style);
    this.style = styleAt < 0 ? 0 : wholeNumber(source, styleAt, tag.valueEnd);
    if (!(this.style < stylesMax))
      throw brokenXml(`a cell of row ${this.line} has a format that is not there`);
    const typeAt = tag.find(text);
    this.type = typeAt < 0 ? typeNumber : (source[typeAt] as number);
    this.isText = typeAt >= 0 && tag.valueEnd - typeAt > 1;
    this.isInCell = true;
    this.isFormula = false;
    this.taken.clear();
  }

  private endCell(): void {
    this.isInCell = false;
    this.isTaking = false;
    const { taken } = this;
    if (taken.found === 0) {
      // The text of a formula may be empty; a number that is not there was never calculated.
      if (this.isFormula && !this.isText) this.add(cellKinds.formula, 0, 0);
      return;
    }
    if (this.type === typeShared && !this.isText) this.addShared();
    else if (this.type === typeBoolean) this.add(isYes(taken) ? cellKinds.yes : cellKinds.no, 0, 0);
    else this.addBytes(this.kind);
  }

  private get kind(): number {
    if (this.isText || this.type === typeInline)
      return this.taken.isAscii && !this.taken.hasUnderscore ? cellKinds.ascii : cellKinds.text;
    if (this.type === typeError) return cellKinds.error;
    return this.type === typeDate ? cellKinds.iso : cellKinds.number;
  }

  private addBytes(kind: number): void {
    const { cells, taken } = this;
    const problem = textProblem(taken, this.options.cellBytesMax);
    if (problem !== undefined) cells.problems.push({ row: cells.rows, column: this.column, problem });
    const from = cells.bytesUsed;
    cells.addBytes(taken.bytes, 0, taken.length);
    this.add(kind, from, cells.bytesUsed);
  }

  private addShared(): void {
    const { taken, cells } = this;
    const index = wholeNumber(taken.bytes, 0, taken.length);
    if (Number.isNaN(index)) throw brokenXml(`a cell of row ${this.line} names no text`);
    if (index > cells.sharedMax) cells.sharedMax = index;
    this.add(cellKinds.shared, index, 0);
  }

  private add(kind: number, from: number, to: number): void {
    this.cells.addCell(this.column, this.style, kind, from, to);
  }

  /** @param ref such as `A2:B5`. */
  private countMerged(ref: string): void {
    const [first, last] = ref.split(':').map((place) => /[0-9]+$/.exec(place)?.[0]);
    if (last !== undefined && first !== last) this.mergedRows += 1;
  }
}

function isYes({ bytes, length }: CellText): boolean {
  return bytes[0] === 0x31 || (length === 4 && (bytes[0] as number | 0x20) === 0x74);
}

const digitsMax = 9;

/** @returns NaN for what is none, or too large. */
function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  if (to === from || to - from > digitsMax) return Number.NaN;
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (bytes[at] as number) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

const lettersMax = 3;

/** 0-based column of a reference such as `AB12`. */
function columnOf(bytes: Uint8Array, from: number, to: number): number {
  let column = 0;
  let at = from;
  for (; at < to; at += 1) {
    const letter = (bytes[at] as number) & 0xdf;
    if (letter < 0x41 || letter > 0x5a) break;
    column = column * 26 + letter - 0x40;
  }
  if (at === from || at - from > lettersMax) throw brokenXml('a cell has no place');
  return column - 1;
}
