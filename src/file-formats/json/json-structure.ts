/**
 * Finds the rows in a JSON text (RFC 8259) by its brackets and strings alone, while it streams by. What stands within
 * a row is not looked at, so a row that is not JSON spoils itself and not the ones after it.
 *
 * Rows are the elements of an array: the text itself, or one that the objects in it lead to by their keys. With
 * `rootsAreRows` they are the values of the text, one after another.
 */
import { AppError } from '../../platform/errors.ts';

export interface JsonElement {
  /** Keys that lead from the text's object to the array; empty when the text is the array. */
  readonly path: readonly string[];
  /** Bytes [begin, end) of the text. */
  readonly begin: number;
  readonly end: number;
  /** 1-based line on which it begins. */
  readonly line: number;
  /** How deep its brackets go. */
  readonly depth: number;
  /** Its first byte, which tells what it is. */
  readonly first: number;
}

export interface StructureOptions {
  readonly depthMax: number;
  readonly rootsAreRows: boolean;
  readonly onElement: (element: JsonElement) => void;
  readonly onArray?: (path: readonly string[]) => void;
}

const code = {
  lineFeed: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** Bytes that mean something outside strings, and within them. */
const structural = tableOf('\n",:[]{}\t\r ');
const stringEnds = tableOf('\n"\\');

/** Keys longer than this lead to no rows. */
const keyBytesMax = 1024;

interface Container {
  readonly isArray: boolean;
  /** Key under which an object holds it. */
  readonly key: string | undefined;
}

export class JsonStructure {
  /** Where the element at hand began; undefined between elements. */
  elementBegin: number | undefined;
  /** 1-based line at hand. */
  line = 1;
  readonly #options: StructureOptions;
  readonly #stack: Container[] = [];
  #elementLine = 1;
  #elementFirst = 0;
  #depth = 0;
  #depthReached = 0;
  #inString = false;
  #isEscaped = false;
  /** Bytes of the key at hand. */
  #key: number[] | undefined;
  #lastKey: string | undefined;
  #expectsKey = false;

  constructor(options: StructureOptions) {
    this.#options = options;
  }

  /** Has every bracket and string that opened also closed? */
  get isClosed(): boolean {
    return this.#stack.length === 0 && this.elementBegin === undefined && !this.#inString;
  }

  /** Takes the next bytes of the text; bytes[from] stands at `offset` in it. */
  scan(bytes: Uint8Array, from: number, to: number, offset: number): void {
    const shift = offset - from;
    for (let at = from; at < to; at++) {
      if (this.#inString) {
        at = this.#string(bytes, at, to);
        continue;
      }
      if (this.elementBegin !== undefined) while (at < to && structural[bytes[at] as number] === 0) at++;
      if (at === to) return;
      const byte = bytes[at] as number;
      if (byte === code.lineFeed) this.line++;
      if (this.elementBegin !== undefined) this.#within(byte, at + shift);
      else if (byte > 0x20) this.#between(byte, at + shift);
    }
  }

  /** The text is over, and with it a number or a word that stands at its very end. */
  end(offset: number): void {
    if (this.#depth === 0 && !this.#inString) this.#endElement(offset);
  }

  /** @returns where the string's last byte stands, as far as it is there. */
  #string(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      if (this.#isEscaped) this.#isEscaped = false;
      else if (stringEnds[byte] === 1) {
        if (byte === code.lineFeed) this.line++;
        else if (byte === code.backslash) this.#isEscaped = true;
        else {
          this.#inString = false;
          this.#endKey();
          return at;
        }
      }
      if (this.#key !== undefined && this.#key.length < keyBytesMax) this.#key.push(byte);
    }
    return to;
  }

  #endKey(): void {
    if (this.#key === undefined) return;
    try {
      this.#lastKey = JSON.parse(`"${Buffer.from(this.#key).toString()}"`) as string;
    } catch {
      this.#lastKey = undefined;
    }
    this.#key = undefined;
  }

  /** A byte outside every element. */
  #between(byte: number, position: number): void {
    const parent = this.#stack.at(-1);
    const holdsElements = parent === undefined ? this.#options.rootsAreRows : parent.isArray;
    if (byte === code.closeBrace || byte === code.closeBracket) {
      this.#close();
    } else if (byte === code.comma) {
      this.#expectsKey = parent?.isArray === false;
    } else if (byte === code.colon) {
      this.#expectsKey = false;
    } else if (holdsElements) {
      this.#beginElement(byte, position);
    } else if (byte === code.quote) {
      this.#inString = true;
      if (this.#expectsKey) this.#key = [];
    } else if (byte === code.openBrace || byte === code.openBracket) {
      this.#open(byte === code.openBracket, parent);
    }
  }

  #open(isArray: boolean, parent: Container | undefined): void {
    const { depthMax } = this.#options;
    if (this.#stack.length >= depthMax) {
      throw new AppError(
        'file.unreadable',
        `The JSON is nested more than ${depthMax} deep before its rows begin.`,
      );
    }
    this.#stack.push({ isArray, key: parent === undefined ? undefined : this.#lastKey });
    this.#expectsKey = !isArray;
    if (isArray) this.#options.onArray?.(this.#path());
  }

  #close(): void {
    this.#stack.pop();
    this.#expectsKey = false;
  }

  #beginElement(byte: number, position: number): void {
    this.elementBegin = position;
    this.#elementLine = this.line;
    this.#elementFirst = byte;
    this.#depth = 0;
    this.#depthReached = 0;
    this.#within(byte, position);
  }

  /** A byte within an element, outside its strings. */
  #within(byte: number, position: number): void {
    if (byte === code.quote) {
      this.#inString = true;
    } else if (byte === code.openBrace || byte === code.openBracket) {
      this.#depth++;
      if (this.#depth > this.#depthReached) this.#depthReached = this.#depth;
    } else if (byte === code.closeBrace || byte === code.closeBracket) {
      if (this.#depth > 0) {
        this.#depth--;
        if (this.#depth === 0) this.#endElement(position + 1);
      } else {
        // A number or a word before the bracket that closes the array.
        this.#endElement(position);
        this.#close();
      }
    } else if (this.#depth === 0 && (byte === code.comma || byte <= 0x20)) {
      this.#endElement(position);
    }
  }

  #endElement(end: number): void {
    const begin = this.elementBegin;
    if (begin === undefined) return;
    this.elementBegin = undefined;
    const [line, depth, first] = [this.#elementLine, this.#depthReached, this.#elementFirst];
    this.#options.onElement({ path: this.#path(), begin, end, line, depth, first });
  }

  #path(): string[] {
    return this.#stack.flatMap((container) => container.key ?? []);
  }
}

/** How deep the brackets of a text go, those in strings left aside. */
export function bracketDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === code.quote) inString = !inString;
    else if (inString) at += byte === code.backslash ? 1 : 0;
    else if (byte === code.openBrace || byte === code.openBracket) deepest = Math.max(deepest, ++depth);
    else if (byte === code.closeBrace || byte === code.closeBracket) depth--;
  }
  return deepest;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
