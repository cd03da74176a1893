/**
 * The texts that a workbook keeps once and names by number (ECMA-376 part 1, 18.4). They are read as far as they are
 * needed, and kept as bytes: a text becomes a string when a cell asks for it.
 */
import type { Problem } from '../../platform/problems.ts';
import { mayBeMojibake } from '../batch-warnings.ts';
import { CellText, textProblem, unescapedText } from './cell-bytes.ts';
import type { Workbook } from './open-workbook.ts';
import { TextPages } from './text-pages.ts';
import { scannedXml } from './xml-part.ts';
import { nameCode, type XmlScanner, type XmlSink } from './xml-scanner.ts';
import { brokenXml } from './xml-text.ts';

const item = nameCode('si');
const text = nameCode('t');
const phonetic = nameCode('rPh');

/** What `toString` comes down to. */
type SlicingBuffer = Buffer & { latin1Slice(begin: number, end: number): string };

/** A workbook with more texts that cannot be read was made by no spreadsheet. */
const problemsMax = 100_000;

/** Short texts that were asked for last, by their number: most columns have few different ones. */
const remembered = 1 << 13;
const rememberedBytesMax = 64;

export class SharedTexts {
  /** What is wrong with some of them, by number. */
  readonly problems = new Map<number, Problem>();
  private readonly pages = new TextPages();
  private readonly reading: AsyncGenerator<void> | undefined;
  private isWhole = false;
  /** Does any text look decoded wrongly? One bit for each tells which. */
  hasDoubtful = false;
  private doubtful = new Uint8Array(1 << 10);
  private readonly numbers = new Int32Array(remembered).fill(-1);
  private readonly strings: string[] = new Array(remembered).fill('');

  constructor(workbook: Workbook, cellBytesMax: number) {
    const { texts } = workbook;
    const add = (found: CellText): void => this.add(found, cellBytesMax);
    this.reading =
      texts === undefined ? undefined : scannedXml(workbook.bytes(texts), new Items(cellBytesMax, add));
  }

  /** Reads on until the text of this number is there, or there are no more. */
  async reach(index: number): Promise<void> {
    while (!this.isWhole && this.pages.count <= index) {
      const { done } = (await this.reading?.next()) ?? { done: true };
      this.isWhole = done === true;
      await this.pages.prepare();
    }
  }

  has(index: number): boolean {
    return index < this.pages.count;
  }

  /** @param index of a text that is there. */
  get(index: number): string {
    const slot = index & (remembered - 1);
    if (this.numbers[slot] === index) return this.strings[slot] as string;
    const { bytes, from, to, isAscii } = this.pages.find(index);
    const string = isAscii
      ? (bytes as SlicingBuffer).latin1Slice(from, to)
      : unescapedText(bytes.toString('utf8', from, to));
    if (to - from <= rememberedBytesMax) {
      this.numbers[slot] = index;
      this.strings[slot] = string;
    }
    return string;
  }

  isBlank(index: number): boolean {
    const { bytes, from, to } = this.pages.find(index);
    for (let at = from; at < to; at += 1) if ((bytes[at] as number) > 0x20) return false;
    return true;
  }

  /** Does the text look as if it had been decoded wrongly once before? A quick look, taken when it was read. */
  mayBeMojibake(index: number): boolean {
    return ((this.doubtful[index >> 3] as number) & (1 << (index & 7))) !== 0;
  }

  private add(found: CellText, cellBytesMax: number): void {
    const index = this.pages.count;
    const problem = textProblem(found, cellBytesMax);
    if (problem !== undefined) this.problems.set(index, problem);
    if (this.problems.size > problemsMax) throw brokenXml('too many of its texts cannot be read');
    this.pages.add(found.bytes, found.length, found.isAscii && !found.hasUnderscore);
    if (index >> 3 >= this.doubtful.length) {
      const longer = new Uint8Array(this.doubtful.length * 2);
      longer.set(this.doubtful);
      this.doubtful = longer;
    }
    if (found.isAscii || !mayBeMojibake(found.bytes.toString('latin1', 0, found.length))) return;
    this.hasDoubtful = true;
    this.doubtful[index >> 3] = (this.doubtful[index >> 3] as number) | (1 << (index & 7));
  }

  async close(): Promise<void> {
    await this.reading?.return(undefined);
    await this.pages.close();
  }
}

/** Plain and rich texts; how they are pronounced is left out. */
class Items implements XmlSink {
  private readonly found: CellText;
  private readonly add: (found: CellText) => void;
  private isTaking = false;
  private phonetics = 0;

  constructor(cellBytesMax: number, add: (found: CellText) => void) {
    this.found = new CellText(cellBytesMax);
    this.add = add;
  }

  open(tag: XmlScanner): void {
    if (tag.code === text) this.isTaking = this.phonetics === 0;
    else if (tag.code === item) this.found.clear();
    else if (tag.code === phonetic) this.phonetics += 1;
  }

  close(code: number): void {
    if (code === text) this.isTaking = false;
    else if (code === item) this.add(this.found);
    else if (code === phonetic) this.phonetics -= 1;
  }

  text(bytes: Uint8Array, from: number, to: number): void {
    if (this.isTaking) this.found.take(bytes, from, to);
  }
}
