/**
 * Texts by their numbers, as bytes one after another in pages. So many pages stay in memory; those beyond are written
 * to a file and read again as they are needed, so that a table of texts of any size takes no more.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const pageBytes = 64 * 1024;
/** Of each text: its length, in front of its bytes; the highest bit of it tells that they are plain ASCII. */
const lengthBytes = 4;
const asciiBit = 0x8000_0000;
/** Where every so many-th text begins is known; from there the next are counted off. */
const stride = 16;
const startPlaces = 1 << 12;

export interface PagesOptions {
  /** Pages that stay in memory from the first on. */
  readonly pagesKept: number;
  /** Of those in the file, the ones read last. */
  readonly pagesCached: number;
}

const usual: PagesOptions = { pagesKept: 1024, pagesCached: 128 };

/** Where a text's bytes stand. The next `find` puts another in its place. */
export interface FoundText {
  bytes: Buffer;
  from: number;
  to: number;
  /** Nothing but ASCII, without escapes. */
  isAscii: boolean;
}

export class TextPages {
  count = 0;
  private readonly options: PagesOptions;
  private readonly pages: Buffer[] = [];
  private readonly cached = new Map<number, Buffer>();
  /** Page × pageBytes + byte within it. A text longer than a page has a page of its own size. */
  private places = new Float64Array(startPlaces);
  private page = Buffer.allocUnsafeSlow(pageBytes);
  private used = 0;
  private pageNumber = 0;
  /** Where each page in the file begins there, and its bytes. */
  private readonly inFile: { readonly at: number; readonly bytes: number }[] = [];
  private fileEnd = 0;
  private folder: string | undefined;
  private file: number | undefined;
  private readonly found: FoundText = { bytes: this.page, from: 0, to: 0, isAscii: true };
  /** The text found last, and where the next one begins. */
  private lastIndex = -1;
  private lastPage = 0;
  private nextAt = 0;

  constructor(options: PagesOptions = usual) {
    this.options = options;
  }

  /** Must be awaited now and then while texts are added: it makes the file, once one is needed. */
  async prepare(): Promise<void> {
    if (this.folder !== undefined || this.pages.length < this.options.pagesKept) return;
    this.folder = await mkdtemp(join(tmpdir(), 'clientele-texts-'));
    this.file = openSync(join(this.folder, 'texts'), 'w+', 0o600);
    // The file lives on without its name, and goes with the process however that ends. Windows keeps it until it is closed.
    await rm(this.folder, { recursive: true, force: true }).catch(() => {});
  }

  add(bytes: Uint8Array, length: number, isAscii: boolean): void {
    if (this.used + lengthBytes + length > this.page.length) this.turnPage(length);
    if (this.count % stride === 0) this.note(this.count / stride, this.pageNumber * pageBytes + this.used);
    this.page.writeUInt32LE(isAscii ? length + asciiBit : length, this.used);
    const { page } = this;
    for (let i = 0, at = this.used + lengthBytes; i < length; i += 1, at += 1) page[at] = bytes[i] as number;
    this.used += lengthBytes + length;
    this.count += 1;
  }

  /** @param index of a text that was added. */
  find(index: number): FoundText {
    const { found } = this;
    let position = index - (index % stride);
    if (this.lastIndex >= position && this.lastIndex < index) position = this.lastIndex + 1;
    else {
      const place = this.places[position / stride] as number;
      this.lastPage = Math.floor(place / pageBytes);
      this.nextAt = place - this.lastPage * pageBytes;
    }
    let bytes = this.pageAt(this.lastPage);
    for (;;) {
      if (this.isPageOver(bytes, this.nextAt)) {
        this.lastPage += 1;
        this.nextAt = 0;
        bytes = this.pageAt(this.lastPage);
      }
      const from = this.nextAt + lengthBytes;
      const packed = bytes.readUInt32LE(this.nextAt);
      const to = from + (packed & ~asciiBit);
      this.nextAt = to;
      if (position === index) {
        this.lastIndex = index;
        found.bytes = bytes;
        found.from = from;
        found.to = to;
        found.isAscii = packed >= asciiBit;
        return found;
      }
      position += 1;
    }
  }

  async close(): Promise<void> {
    if (this.file !== undefined) closeSync(this.file);
    if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
  }

  /** A page that is full has been cut to what is in it. */
  private isPageOver(bytes: Buffer, at: number): boolean {
    return bytes !== this.page && at >= bytes.length;
  }

  private turnPage(length: number): void {
    const full = this.page.subarray(0, this.used);
    if (this.file !== undefined) {
      writeSync(this.file, full, 0, full.length, this.fileEnd);
      this.inFile.push({ at: this.fileEnd, bytes: full.length });
      this.fileEnd += full.length;
    } else this.pages.push(full);
    this.pageNumber += 1;
    this.page = Buffer.allocUnsafeSlow(Math.max(pageBytes, lengthBytes + length));
    this.used = 0;
  }

  private note(at: number, place: number): void {
    if (at === this.places.length) {
      const longer = new Float64Array(this.places.length * 2);
      longer.set(this.places);
      this.places = longer;
    }
    this.places[at] = place;
  }

  private pageAt(number: number): Buffer {
    if (number === this.pageNumber) return this.page;
    return this.pages[number] ?? this.pageFromFile(number);
  }

  private pageFromFile(number: number): Buffer {
    const known = this.cached.get(number);
    if (known !== undefined) return known;
    const place = this.inFile[number - this.pages.length];
    if (place === undefined || this.file === undefined)
      throw new Error(`There is no page ${number} of texts.`);
    const bytes = Buffer.allocUnsafeSlow(place.bytes);
    readSync(this.file, bytes, 0, place.bytes, place.at);
    // Sheets name texts in their order, more or less: the page read first is needed last.
    const [oldest] = this.cached.keys();
    if (this.cached.size >= this.options.pagesCached && oldest !== undefined) this.cached.delete(oldest);
    this.cached.set(number, bytes);
    return bytes;
  }
}
