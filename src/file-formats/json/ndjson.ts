/** NDJSON, both ways: a row a line, each an object (or an array) of JSON. */

import { Problem } from '../../platform/problems.ts';
import type { ReadLimits } from '../limits.ts';
import type { TextSource } from '../source.ts';
import type { TextBatch } from '../text-batch.ts';
import type { JsonRows, RowPlace } from './json-rows.ts';
import { bracketDepth } from './json-structure.ts';
import { largerChunks } from './larger-chunks.ts';

const lineFeed = 0x0a;

/** @param rows gathers the columns; a new one for every reading. */
export async function* readNdjson(
  source: TextSource,
  rows: JsonRows,
  limits: ReadLimits,
): AsyncGenerator<TextBatch> {
  const reader = new LineReader(source, rows, limits);
  for await (const chunk of largerChunks(source.chunks, () => reader.wanted)) {
    reader.append(chunk);
    while (reader.readLine()) if (rows.pending >= limits.batchRowsMax) yield rows.take();
    if (rows.pending > 0) yield rows.take();
  }
  reader.end();
  if (rows.pending > 0) yield rows.take();
}

class LineReader {
  readonly #source: TextSource;
  readonly #rows: JsonRows;
  readonly #limits: ReadLimits;
  #window: Buffer = Buffer.alloc(0);
  #at = 0;
  #line = 1;
  /** Byte of the file at which the next line begins. */
  #offset: number | undefined;
  /** Bytes passed over of a line longer than may be held, and its first ones. */
  #tooLong: { passed: number; shown: Buffer } | undefined;

  constructor(source: TextSource, rows: JsonRows, limits: ReadLimits) {
    this.#source = source;
    this.#rows = rows;
    this.#limits = limits;
  }

  /** As many bytes as there are of the line that is open. */
  get wanted(): number {
    return this.#tooLong === undefined
      ? Math.min(this.#window.length - this.#at, this.#limits.rowBytesMax)
      : 0;
  }

  append(chunk: Buffer): void {
    this.#offset ??= this.#source.base;
    const rest = this.#window.subarray(this.#at);
    this.#at = 0;
    if (rest.length <= this.#limits.rowBytesMax && this.#tooLong === undefined) {
      this.#window = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      return;
    }
    this.#tooLong ??= { passed: 0, shown: Buffer.from(rest.subarray(0, 4096)) };
    this.#tooLong.passed += rest.length;
    this.#offset += this.#source.measure(rest, 0, rest.length);
    this.#window = chunk;
  }

  /** @returns false when the window holds no more whole line. */
  readLine(): boolean {
    const end = this.#window.indexOf(lineFeed, this.#at);
    if (end === -1) return false;
    this.#takeLine(end, end + 1);
    return true;
  }

  end(): void {
    if (this.#at < this.#window.length || this.#tooLong !== undefined)
      this.#takeLine(this.#window.length, this.#window.length);
  }

  #takeLine(end: number, next: number): void {
    const from = this.#at;
    const offset = this.#offset ?? this.#source.base;
    const bytes = this.#window.subarray(from, end);
    const place: RowPlace = {
      line: this.#line,
      offset,
      offsetOf: (byte) => offset + this.#source.measure(bytes, 0, byte),
    };
    if (this.#tooLong !== undefined) {
      const found = this.#tooLong.passed + bytes.length;
      this.#rows.addFault(
        this.#tooLong.shown,
        place,
        new Problem('cell.too_long', { found, max: this.#limits.cellBytesMax }),
      );
      this.#tooLong = undefined;
    } else if (!isBlank(bytes)) {
      this.#rows.add(bytes, place, bracketDepth(bytes));
    }
    this.#offset = offset + this.#source.measure(this.#window, from, next);
    this.#at = next;
    this.#line++;
  }
}

/** Blanks, and the Control-Z with which DOS ends text. */
function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte <= 0x20 && byte !== 0);
}

/** One row as an object with its line end. Blank cells are empty texts. */
export function encodeNdjsonRow(names: readonly string[], cells: readonly string[]): string {
  const members = names.map(
    (name, column) => `${JSON.stringify(name)}:${JSON.stringify(cells[column] ?? '')}`,
  );
  return `{${members.join(',')}}\n`;
}
