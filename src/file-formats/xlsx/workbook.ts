/**
 * Rows become an Excel workbook (ECMA-376), by stream: one sheet, and a further one whenever one is full. Each has a
 * bold, frozen header, columns as wide as the first rows need, and a filter. Nothing in it is ever a formula.
 *
 *     copy.pipe(workbookStream({ title: 'Customers', columns, … })).pipe(file);
 *
 * Memory does not depend on the number of rows: 64 KiB of lines become XML, which is deflated before the next do.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { constants, crc32, createDeflateRaw, type DeflateRaw, deflateRawSync } from 'node:zlib';
import {
  centralDirectory,
  dataDescriptor,
  entryBytesMax,
  localHeader,
  type ZipEntry,
} from '../packing/zip-writer.ts';
import {
  leadingParts,
  type Part,
  type SheetName,
  sheetHead,
  sheetName,
  sheetPath,
  sheetTail,
  trailingParts,
} from './parts.ts';
import { type CellKind, SheetRows, styleOf } from './sheet-rows.ts';
import { fittedWidths } from './widths.ts';

export interface WorkbookColumn {
  readonly header: string;
  readonly kind: CellKind;
}

export interface WorkbookOptions {
  /** Of the workbook and its sheets. */
  readonly title: string;
  readonly columns: readonly WorkbookColumn[];
  /** Decimals that are shown of money. */
  readonly moneyDecimals: number;
  /** ISO 8601, in UTC. */
  readonly createdAt: string;
  /** Rows of a sheet, its header among them; Excel's own limit unless said. */
  readonly sheetRowsMax?: number;
  /** Bytes of a sheet's XML, beyond which a further one begins; as many as a zip entry holds unless said. */
  readonly sheetBytesMax?: number;
}

/** Excel's limit. */
const excelRowsMax = 1_048_576;
/** One piece of lines becomes less than this, be it a row of a thousand cells full of control characters. */
const pieceXmlBytesMax = 1024 * 1024 * 1024;
const pieceBytes = 64 * 1024;
const lineFeed = 0x0a;

/**
 * @returns takes lines in the text format of PostgreSQL's COPY, one value for each column, and gives the file's bytes.
 *   It fails with a RangeError on a text that no cell holds (32,767 characters).
 */
export function workbookStream(options: WorkbookOptions): Transform {
  return new WorkbookStream(options);
}

interface OpenSheet {
  readonly name: string;
  readonly offset: number;
  readonly deflate: DeflateRaw;
  readonly ended: Promise<void>;
  rows: number;
  crc: number;
  size: number;
  compressed: number;
}

class WorkbookStream extends Transform {
  private readonly options: WorkbookOptions;
  private readonly rows: SheetRows;
  private readonly entries: ZipEntry[] = [];
  private readonly sheets: SheetName[] = [];
  private gathered: Buffer[] = [];
  private gatheredBytes = 0;
  private widths: number[] | undefined;
  private sheet: OpenSheet | undefined;
  private offset = 0;

  constructor(options: WorkbookOptions) {
    super();
    this.options = options;
    this.rows = new SheetRows(options.columns.map(({ kind }) => kind));
    const { title, createdAt, moneyDecimals } = options;
    for (const part of leadingParts(title, createdAt, moneyDecimals)) this.pushPart(part);
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.length;
    if (this.gatheredBytes < pieceBytes) {
      done();
      return;
    }
    const all = Buffer.concat(this.gathered, this.gatheredBytes);
    const end = all.lastIndexOf(lineFeed) + 1;
    this.gathered = [all.subarray(end)];
    this.gatheredBytes = all.length - end;
    this.writeLines(all.subarray(0, end)).then(() => done(), done);
  }

  override _flush(done: TransformCallback): void {
    this.writeEnd().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.sheet?.deflate.destroy();
    done(error);
  }

  private async writeLines(lines: Buffer): Promise<void> {
    this.widths ??= fittedWidths(this.options.columns, lines);
    let next = 0;
    while (next < lines.length) {
      const sheet = await this.sheetWithRoom();
      const rowsMax = this.rowsMax - sheet.rows;
      const written = this.rows.write(lines, { from: next, row: sheet.rows + 1, rowsMax });
      sheet.rows += written.rows;
      next = written.next;
      await this.deflate(sheet, written.xml);
    }
  }

  private async writeEnd(): Promise<void> {
    await this.writeLines(Buffer.concat(this.gathered, this.gatheredBytes));
    await this.closeSheet(this.sheet ?? (await this.openSheet()));
    for (const part of trailingParts(this.sheets, this.options.columns.length)) this.pushPart(part);
    this.pushBytes(centralDirectory(this.entries, this.offset));
  }

  private get rowsMax(): number {
    return this.options.sheetRowsMax ?? excelRowsMax;
  }

  private async sheetWithRoom(): Promise<OpenSheet> {
    const { sheet } = this;
    if (sheet === undefined) return this.openSheet();
    const bytesMax = this.options.sheetBytesMax ?? entryBytesMax - pieceXmlBytesMax;
    if (sheet.rows < this.rowsMax && sheet.size < bytesMax) return sheet;
    await this.closeSheet(sheet);
    return this.openSheet();
  }

  private async openSheet(): Promise<OpenSheet> {
    const index = this.sheets.length;
    const { columns, title } = this.options;
    const name = sheetName(title, index);
    const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED });
    const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
    ended.catch(() => {});
    const sheet: OpenSheet = {
      ...{ name, offset: this.offset, deflate, ended },
      ...{ rows: 1, crc: 0, size: 0, compressed: 0 },
    };
    deflate.on('data', (bytes: Buffer) => {
      sheet.compressed += bytes.length;
      this.pushBytes(bytes);
    });
    deflate.once('end', resolve);
    deflate.once('error', reject);
    this.sheet = sheet;
    this.pushBytes(localHeader(sheetPath(index)));
    const kinds = columns.map(({ kind }) => kind);
    const widths = this.widths ?? fittedWidths(columns, Buffer.alloc(0));
    await this.deflate(
      sheet,
      Buffer.concat([Buffer.from(sheetHead(index, widths, kinds)), headerRow(columns)]),
    );
    return sheet;
  }

  private async closeSheet(sheet: OpenSheet): Promise<void> {
    await this.deflate(sheet, Buffer.from(sheetTail(sheet.rows, this.options.columns.length)));
    sheet.deflate.end();
    await sheet.ended;
    const { offset, crc, compressed, size, rows, name } = sheet;
    const entry = { name: sheetPath(this.sheets.length), offset, crc, compressed, size };
    this.pushBytes(dataDescriptor(entry));
    this.entries.push(entry);
    this.sheets.push({ name, rows });
    this.sheet = undefined;
  }

  /** Until its bytes are no longer needed. */
  private deflate(sheet: OpenSheet, xml: Buffer): Promise<void> {
    sheet.size += xml.length;
    sheet.crc = crc32(xml, sheet.crc);
    return new Promise((resolve, reject) => {
      sheet.deflate.write(xml, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  private pushPart({ name, xml }: Part): void {
    const bytes = Buffer.from(xml);
    const compressed = deflateRawSync(bytes);
    const entry: ZipEntry = {
      ...{ name, offset: this.offset, crc: crc32(bytes) },
      ...{ compressed: compressed.length, size: bytes.length },
    };
    this.entries.push(entry);
    this.pushBytes(Buffer.concat([localHeader(name), compressed, dataDescriptor(entry)]));
  }

  private pushBytes(bytes: Buffer): void {
    this.offset += bytes.length;
    this.push(bytes);
  }
}

function headerRow(columns: readonly WorkbookColumn[]): Buffer {
  const line = `${columns.map(({ header }) => copyText(header)).join('\t')}\n`;
  const kinds = columns.map((): CellKind => 'text');
  const rows = new SheetRows(kinds, styleOf.header);
  return Buffer.from(rows.write(Buffer.from(line), { from: 0, row: 1, rowsMax: 1 }).xml);
}

const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyText(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (character) => copyEscapes[character] ?? character);
}
