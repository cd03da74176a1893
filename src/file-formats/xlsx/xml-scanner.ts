/**
 * XML (1.0) by stream, as far as workbooks need it: tags, attributes, text, CDATA and the entities that XML has by
 * itself. Names are told apart without their prefixes. There are no document types, so that nothing is ever declared,
 * expanded or fetched: a file that has one is refused.
 *
 * It holds no more than one tag: text comes in pieces, as it stands in the bytes that were written.
 */
import { brokenXml, entityText, unescaped } from './xml-text.ts';

/** Gets what is found. What it needs of a tag it takes before it returns: the scanner is used again for the next. */
export interface XmlSink {
  open(tag: XmlScanner): void;
  /** @param code of the name, as `nameCode` has it. */
  close(code: number, tag: XmlScanner): void;
  text(bytes: Uint8Array, from: number, to: number): void;
}

const lessThan = 0x3c;
const greaterThan = 0x3e;
const ampersand = 0x26;
const slash = 0x2f;
const equals = 0x3d;
const colon = 0x3a;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const space = 0x20;

const inText = 0;
const inComment = 1;
const inInstruction = 2;
const inCdata = 3;
const endOf = { [inComment]: '-->', [inInstruction]: '?>', [inCdata]: ']]>' };

/** No tag of a workbook is longer: Excel's longest attributes have some thousand characters. */
const tagBytesMax = 256 * 1024;
const attributesMax = 256;
/** Of each attribute: the code of its name, and where its value begins and ends. */
const attributeFields = 3;
const entityBytesMax = 12;

/** Names of up to four letters as one number; 0 for longer ones, which are compared by `isNamed`. */
export function nameCode(name: string): number {
  return name.length > 4 ? 0 : [...name].reduce((code, letter) => (code << 8) | letter.charCodeAt(0), 0);
}

export class XmlScanner {
  /** Of the tag at hand. */
  code = 0;
  /** Where the value ends that `find` has found. */
  valueEnd = 0;
  private tagAt = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private nameFrom = 0;
  private nameTo = 0;
  private readonly attributes = new Int32Array(attributesMax * attributeFields);
  private attributeCount = 0;
  private mode = inText;
  private rest: Buffer = Buffer.alloc(0);
  private passed = 0;
  private depth = 0;
  private readonly scratch = Buffer.alloc(8);
  private readonly sink: XmlSink;

  constructor(sink: XmlSink) {
    this.sink = sink;
  }

  /** Byte of the part at which the tag at hand begins. */
  get position(): number {
    return this.passed + this.tagAt;
  }

  isNamed(name: string): boolean {
    const length = this.nameTo - this.nameFrom;
    if (length !== name.length) return false;
    for (let i = 0; i < length; i += 1) {
      if (this.bytes[this.nameFrom + i] !== name.charCodeAt(i)) return false;
    }
    return true;
  }

  /** Where the value of an attribute begins in `source`; -1 when the tag has none of this name. */
  find(code: number): number {
    const { attributes } = this;
    for (let i = 0; i < this.attributeCount; i += attributeFields) {
      if (attributes[i] !== code) continue;
      this.valueEnd = attributes[i + 2] as number;
      return attributes[i + 1] as number;
    }
    return -1;
  }

  get source(): Buffer {
    return this.bytes;
  }

  /** The value of an attribute by its whole local name; undefined when the tag has none. */
  attribute(name: string): string | undefined {
    for (let i = 0; i < this.attributeCount; i += attributeFields) {
      const [from, to] = [this.attributes[i + 1] as number, this.attributes[i + 2] as number];
      if (this.nameBefore(from) === name) return unescaped(this.bytes.toString('utf8', from, to));
    }
    return undefined;
  }

  /** Takes the next bytes. @throws AppError `file.unreadable` for what is no XML, or has a document type. */
  write(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.bytes = bytes;
    const at = this.scan(bytes, bytes.length);
    this.rest = bytes.subarray(at);
    this.passed += at;
    if (this.rest.length > tagBytesMax) throw brokenXml('a tag in it is too long');
  }

  /** The part is over. @throws AppError `file.unreadable` when it ends in the middle. */
  end(): void {
    const isOver = this.rest.length === 0 || (this.rest.length === 1 && this.rest[0] === carriageReturn);
    if (!isOver || this.depth !== 0 || this.mode !== inText) throw brokenXml('it ends in the middle');
  }

  /** @returns how far it came; what is left is the beginning of something. */
  private scan(bytes: Buffer, end: number): number {
    let at = 0;
    while (at < end) {
      if (this.mode !== inText) {
        const next = this.passOver(bytes, at);
        if (this.mode !== inText) return next;
        at = next;
      }
      let stop = at;
      let byte = 0;
      while (stop < end) {
        byte = bytes[stop] as number;
        if (byte === lessThan || byte === ampersand || byte === carriageReturn) break;
        stop += 1;
      }
      if (stop > at) this.sink.text(bytes, at, stop);
      if (stop === end) return end;
      const next =
        byte === lessThan
          ? this.markup(bytes, stop, end)
          : byte === ampersand
            ? this.entity(bytes, stop, end)
            : this.lineEnd(bytes, stop, end);
      if (next < 0) return stop;
      at = next;
    }
    return at;
  }

  /** A comment, an instruction or CDATA up to its end. @returns where it goes on; the mode tells whether it has ended. */
  private passOver(bytes: Buffer, at: number): number {
    const mark = endOf[this.mode as keyof typeof endOf];
    const end = bytes.indexOf(mark, at, 'latin1');
    const to = end === -1 ? Math.max(at, bytes.length - mark.length + 1) : end;
    if (this.mode === inCdata && to > at) this.sink.text(bytes, at, to);
    if (end === -1) return to;
    this.mode = inText;
    return end + mark.length;
  }

  private markup(bytes: Buffer, at: number, end: number): number {
    if (at + 1 >= end) return -1;
    const byte = bytes[at + 1];
    if (byte === slash) return this.closeTag(bytes, at, end);
    if (byte === 0x3f) {
      this.mode = inInstruction;
      return at + 2;
    }
    return byte === 0x21 ? this.declaration(bytes, at, end) : this.openTag(bytes, at, end);
  }

  private declaration(bytes: Buffer, at: number, end: number): number {
    const start = bytes.toString('latin1', at, Math.min(end, at + 9));
    if (start.startsWith('<!--')) {
      this.mode = inComment;
      return at + 4;
    }
    if (start === '<![CDATA[') {
      this.mode = inCdata;
      return at + 9;
    }
    if ('<!--'.startsWith(start) || '<![CDATA['.startsWith(start)) return -1;
    throw brokenXml('it declares a document type, which no workbook needs and which may hide anything');
  }

  private closeTag(bytes: Buffer, at: number, end: number): number {
    const to = this.name(bytes, at + 2, end);
    if (to < 0) return -1;
    let stop = to;
    while (stop < end && isBlank(bytes[stop] as number)) stop += 1;
    if (stop === end) return -1;
    if (bytes[stop] !== greaterThan) throw brokenXml('a tag is not closed');
    this.depth -= 1;
    if (this.depth < 0) throw brokenXml('a tag is closed that was not opened');
    this.tagAt = at;
    this.sink.close(this.code, this);
    return stop + 1;
  }

  private openTag(bytes: Buffer, at: number, end: number): number {
    const nameEnd = this.name(bytes, at + 1, end);
    if (nameEnd < 0) return -1;
    const { code, nameFrom } = this;
    if (nameEnd === nameFrom) throw brokenXml('a tag has no name');
    let next = this.readAttributes(bytes, nameEnd, end);
    if (next < 0) return -1;
    const isEmpty = bytes[next] === slash;
    if (isEmpty) next += 1;
    if (next >= end) return -1;
    if (bytes[next] !== greaterThan) throw brokenXml('a tag is not closed');
    this.code = code;
    this.nameFrom = nameFrom;
    this.nameTo = nameEnd;
    this.tagAt = at;
    this.depth += 1;
    this.sink.open(this);
    if (isEmpty) {
      this.depth -= 1;
      this.sink.close(code, this);
    }
    return next + 1;
  }

  /** @returns where the tag's `>` or `/` stands; -1 when the bytes end before it. */
  private readAttributes(bytes: Buffer, at: number, end: number): number {
    const { attributes } = this;
    let count = 0;
    let next = at;
    for (;;) {
      while (next < end && isBlank(bytes[next] as number)) next += 1;
      if (next >= end) return -1;
      const byte = bytes[next] as number;
      if (byte === greaterThan || byte === slash) break;
      let quoteAt = next + 2;
      let code = byte;
      // Nearly every attribute of a cell is a letter and a quoted value.
      if (quoteAt >= end || bytes[next + 1] !== equals || bytes[quoteAt] !== doubleQuote) {
        next = this.name(bytes, next, end);
        if (next < 0) return -1;
        code = this.code;
        quoteAt = valueStart(bytes, next, end);
        if (quoteAt < 0) return -1;
      }
      const quote = bytes[quoteAt] as number;
      let stop = quoteAt + 1;
      while (stop < end && bytes[stop] !== quote) stop += 1;
      if (stop >= end) return -1;
      if (count === attributes.length) throw brokenXml('a tag has too many attributes');
      attributes[count] = code;
      attributes[count + 1] = quoteAt + 1;
      attributes[count + 2] = stop;
      count += attributeFields;
      next = stop + 1;
    }
    this.attributeCount = count;
    return next;
  }

  /** Reads a name into `code` and its place, without its prefix. @returns where it ends; -1 when the bytes end in it. */
  private name(bytes: Buffer, at: number, end: number): number {
    let stop = at;
    let code = 0;
    let from = at;
    for (; stop < end; stop += 1) {
      const byte = bytes[stop] as number;
      if (byte <= space || byte === equals || byte === greaterThan || byte === slash) break;
      if (byte === colon) {
        code = 0;
        from = stop + 1;
      } else code = (code << 8) | byte;
    }
    if (stop === end) return -1;
    this.code = stop - from > 4 ? 0 : code;
    this.nameFrom = from;
    this.nameTo = stop;
    return stop;
  }

  /** The local name of the attribute whose value begins there. */
  private nameBefore(valueFrom: number): string {
    const { bytes } = this;
    let to = valueFrom - 1;
    while (isBlank(bytes[to - 1] as number) || bytes[to - 1] === equals) to -= 1;
    let from = to;
    while (!isBlank(bytes[from - 1] as number) && bytes[from - 1] !== colon) from -= 1;
    return bytes.toString('latin1', from, to);
  }

  private entity(bytes: Buffer, at: number, end: number): number {
    const semicolon = bytes.indexOf(0x3b, at);
    if (semicolon === -1 || semicolon - at > entityBytesMax) {
      if (end - at <= entityBytesMax) return -1;
      throw brokenXml('an ampersand in it begins nothing');
    }
    const character = entityText(bytes.toString('latin1', at + 1, semicolon));
    this.sink.text(this.scratch, 0, this.scratch.write(character));
    return semicolon + 1;
  }

  /** XML 1.0, 2.11: a carriage return, with a line feed or without, is a line feed. */
  private lineEnd(bytes: Buffer, at: number, end: number): number {
    if (at + 1 === end) return -1;
    if (bytes[at + 1] !== lineFeed) {
      this.scratch[0] = lineFeed;
      this.sink.text(this.scratch, 0, 1);
    }
    return at + 1;
  }
}

/** Where the quote of an attribute's value stands, behind its name; -1 when the bytes end before it. */
function valueStart(bytes: Buffer, at: number, end: number): number {
  let next = at;
  while (next < end && isBlank(bytes[next] as number)) next += 1;
  if (next >= end) return -1;
  if (bytes[next] !== equals) throw brokenXml('an attribute has no value');
  next += 1;
  while (next < end && isBlank(bytes[next] as number)) next += 1;
  if (next >= end) return -1;
  const quote = bytes[next];
  if (quote !== doubleQuote && quote !== singleQuote) throw brokenXml('an attribute is not quoted');
  return next;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === lineFeed || byte === 0x09 || byte === carriageReturn;
}
