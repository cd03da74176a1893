/**
 * Looks at the bytes of a file, all of them or samples, for what tells their encoding. Lines are judged one by one,
 * so that a file in which a few lines are broken is told from one in another encoding.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { wholeCharacters } from './invalid-utf8.ts';
import { findMojibake } from './mojibake.ts';

const evidenceBytesMax = 20 * 1024;
const carryBytesMax = 1024 * 1024;
const mojibakeLinesMax = 500;
const lineBytesLooked = 4096;
const LF = 0x0a;
const CR = 0x0d;

export class ByteSurvey {
  bytes = 0;
  /** Lines with bytes above 127 that are UTF-8, and lines that are not. */
  utf8Lines = 0;
  brokenLines = 0;
  /** Is the file's first line one of those that are not? */
  firstLineBroken = false;
  /** Some of the lines that are not UTF-8. */
  readonly evidence: Buffer[] = [];
  /** Of the UTF-8 lines looked at, how many look as if they had been decoded wrongly, and how one reads. */
  mojibakeLines = 0;
  mojibakeSample: string | undefined;

  #evidenceBytes = 0;
  #mojibakeSeen = 0;
  #carry: Buffer = Buffer.alloc(0);
  #isFirstLine = true;

  /** Takes the next bytes. Between samples call `breakOff`. */
  see(chunk: Buffer): void {
    this.bytes += chunk.length;
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const end =
      lastLineEnd(bytes) || (bytes.length > carryBytesMax ? wholeCharacters(bytes, bytes.length) : 0);
    this.#judge(bytes.subarray(0, end));
    this.#carry = bytes.subarray(end);
  }

  /** The next bytes come from elsewhere in the file, and may begin in the middle of a line; so may these have ended. */
  breakOff(next: Buffer): Buffer {
    this.#carry = Buffer.alloc(0);
    this.#isFirstLine = false;
    const begin = next.indexOf(next.includes(LF) ? LF : CR);
    return next.subarray(begin === -1 ? next.length : begin + 1);
  }

  /** @param complete the file ends here; else the last line may have been cut, and is not judged. */
  end(complete: boolean): void {
    if (complete) this.#judge(this.#carry);
    this.#carry = Buffer.alloc(0);
  }

  #judge(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (isAscii(bytes)) this.#isFirstLine = false;
    else for (const line of linesOf(bytes)) this.#judgeLine(line);
  }

  #judgeLine(line: Buffer): void {
    const isFirst = this.#isFirstLine;
    this.#isFirstLine = false;
    if (isAscii(line)) return;
    if (isUtf8(line)) {
      this.utf8Lines++;
      if (this.#mojibakeSeen < mojibakeLinesMax) this.#lookForMojibake(line);
      return;
    }
    this.brokenLines++;
    if (isFirst) this.firstLineBroken = true;
    if (this.#evidenceBytes >= evidenceBytesMax) return;
    const kept = line.subarray(0, evidenceBytesMax - this.#evidenceBytes);
    this.#evidenceBytes += kept.length;
    this.evidence.push(Buffer.from(kept));
  }

  #lookForMojibake(line: Buffer): void {
    this.#mojibakeSeen++;
    const found = findMojibake(
      line.toString('utf8', 0, wholeCharacters(line, Math.min(line.length, lineBytesLooked))),
    );
    if (found === undefined) return;
    this.mojibakeLines++;
    this.mojibakeSample ??= found;
  }
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  const end = bytes.includes(LF) ? LF : CR;
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(end, at);
    const to = next === -1 ? bytes.length : next + 1;
    yield bytes.subarray(at, to);
    at = to;
  }
}

function lastLineEnd(bytes: Buffer): number {
  const end = bytes.lastIndexOf(LF);
  return (end === -1 ? bytes.lastIndexOf(CR) : end) + 1;
}
