/** JSON (RFC 8259) whose rows are the elements of an array, read by stream. */

import { Problem } from '../../platform/problems.ts';
import type { ReadLimits } from '../limits.ts';
import type { TextSource } from '../source.ts';
import type { TextBatch } from '../text-batch.ts';
import type { JsonRows, RowPlace } from './json-rows.ts';
import { type JsonElement, JsonStructure } from './json-structure.ts';
import { unreadable } from './json-value.ts';
import { largerChunks } from './larger-chunks.ts';

/**
 * @param rowsAt JSON Pointer to the array of rows; undefined when the values of the text are the rows.
 * @param rows gathers the columns; a new one for every reading.
 */
export async function* readJson(
  source: TextSource,
  rows: JsonRows,
  rowsAt: string | undefined,
  limits: ReadLimits,
): AsyncGenerator<TextBatch> {
  const reader = new JsonReader(source, rows, rowsAt, limits);
  for await (const chunk of largerChunks(source.chunks, () => reader.wanted)) {
    for (const element of reader.read(chunk)) {
      reader.take(element);
      if (rows.pending >= limits.batchRowsMax) yield rows.take();
    }
    if (rows.pending > 0) yield rows.take();
  }
  reader.end();
  if (rows.pending > 0) yield rows.take();
}

class JsonReader {
  readonly #source: TextSource;
  readonly #rows: JsonRows;
  readonly #limits: ReadLimits;
  readonly #structure: JsonStructure;
  #elements: JsonElement[] = [];
  #window: Buffer = Buffer.alloc(0);
  /** Byte of the text at which the window begins, and the one that was last found in the file. */
  #begin = 0;
  #known: { position: number; offset: number } | undefined;
  /** A row longer than may be held: where it began, and its first bytes. */
  #tooLong: { begin: number; shown: Buffer } | undefined;

  constructor(source: TextSource, rows: JsonRows, rowsAt: string | undefined, limits: ReadLimits) {
    this.#source = source;
    this.#rows = rows;
    this.#limits = limits;
    this.#structure = new JsonStructure({
      depthMax: limits.jsonDepthMax,
      rootsAreRows: rowsAt === undefined,
      onElement: (element) => {
        if (rowsAt === undefined || pointerTo(element.path) === rowsAt) this.#elements.push(element);
      },
    });
  }

  /** As many bytes as there are of the row that is open. */
  get wanted(): number {
    const begin = this.#structure.elementBegin;
    if (begin === undefined || this.#tooLong !== undefined) return 0;
    return Math.min(this.#begin + this.#window.length - begin, this.#limits.rowBytesMax);
  }

  /** Takes the next bytes. @returns the rows that ended in them. */
  read(chunk: Buffer): readonly JsonElement[] {
    const rest = this.#rest();
    this.#window = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    this.#elements = [];
    this.#structure.scan(this.#window, rest.length, this.#window.length, this.#begin + rest.length);
    return this.#elements;
  }

  take({ begin, end, line, depth }: JsonElement): void {
    if (this.#tooLong?.begin === begin) {
      this.#takeTooLong(end, line);
      return;
    }
    const bytes = this.#window.subarray(begin - this.#begin, end - this.#begin);
    this.#rows.add(bytes, this.#place(begin, line), depth);
  }

  /** The file is over: what is open is cut off. */
  end(): void {
    this.#elements = [];
    this.#structure.end(this.#begin + this.#window.length);
    for (const element of this.#elements) this.take(element);
    if (this.#structure.isClosed) return;
    const begin = this.#structure.elementBegin;
    const bytes =
      begin === undefined ? Buffer.alloc(0) : this.#window.subarray(Math.max(0, begin - this.#begin));
    const reason =
      begin === undefined ? 'the file ends before the list of rows does' : 'the file ends within it';
    const at = begin === undefined || this.#tooLong !== undefined ? this.#begin + this.#window.length : begin;
    this.#rows.addFault(bytes, this.#place(at, this.#structure.line), unreadable(reason));
  }

  #takeTooLong(end: number, line: number): void {
    const { begin, shown } = this.#tooLong as { begin: number; shown: Buffer };
    this.#tooLong = undefined;
    const problem = new Problem('cell.too_long', { found: end - begin, max: this.#limits.cellBytesMax });
    this.#rows.addFault(shown, this.#place(this.#begin, line), problem);
  }

  /** What is left of the window: the row that has not ended yet. */
  #rest(): Buffer {
    const end = this.#begin + this.#window.length;
    const begin = this.#structure.elementBegin ?? end;
    const kept = this.#tooLong === undefined ? begin : end;
    const rest = this.#window.subarray(Math.max(0, kept - this.#begin));
    this.#offsetOf(end - rest.length);
    this.#begin = end - rest.length;
    if (rest.length <= this.#limits.rowBytesMax) return rest;
    this.#tooLong = { begin, shown: Buffer.from(rest.subarray(0, 4096)) };
    this.#offsetOf(end);
    this.#begin = end;
    return Buffer.alloc(0);
  }

  #place(begin: number, line: number): RowPlace {
    const offset = this.#offsetOf(begin);
    const from = begin - this.#begin;
    return {
      line,
      offset,
      offsetOf: (byte) => offset + this.#source.measure(this.#window, from, from + byte),
    };
  }

  /** Byte of the file for a byte of the text, which must stand in the window, after the last one asked for. */
  #offsetOf(position: number): number {
    const known = this.#known ?? { position: 0, offset: this.#source.base };
    const [from, to] = [known.position - this.#begin, position - this.#begin];
    const offset = known.offset + this.#source.measure(this.#window, from, to);
    this.#known = { position, offset };
    return offset;
  }
}

/** JSON Pointer (RFC 6901) of a path of keys. */
export function pointerTo(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
