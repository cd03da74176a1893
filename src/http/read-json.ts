/** A JSON body: read up to its limit, decoded strictly, and parsed; what is wrong is said with its place. */
import type { Readable } from 'node:stream';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { configuration } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';

/** @throws AppError `request.too_large` before the end is read, `request.too_slow`, `request.malformed` with line and column. */
export async function readJson(body: Readable, bytesMax: number): Promise<unknown> {
  const bytes = await collect(body, bytesMax);
  const text = decode(bytes);
  assertShallow(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(text, error);
  }
}

/** A stream that is left alone where it fails, so that an answer still finds its way to who sends it. */
function collect(body: Readable, bytesMax: number): Promise<Buffer> {
  const seconds = configuration().limits.jsonSecondsMax;
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      body.off('data', take).off('end', settle).off('error', settleClosed).off('close', settleClosed);
      body.on('error', () => undefined).pause();
      if (error === undefined) resolve(Buffer.concat(pieces, bytes));
      else reject(error);
    };
    const settleClosed = (): void => settle(brokenOff());
    const take = (piece: Buffer): void => {
      bytes += piece.length;
      if (bytes > bytesMax) settle(tooLarge(bytesMax));
      else pieces.push(piece);
    };
    const timer = setTimeout(() => settle(tooSlow(seconds)), seconds * 1000);
    body.on('data', take).once('end', settle).once('error', settleClosed).once('close', settleClosed);
  });
}

/** Mostly nobody is left to hear it; but then the log has no bug of ours. */
export function brokenOff(): AppError {
  return new AppError('request.broken_off', 'The body broke off before its end.');
}

export function tooLarge(bytesMax: number): AppError {
  return new AppError(
    'request.too_large',
    `The body is larger than ${bytesMax} bytes, the most that is taken.`,
  );
}

function tooSlow(seconds: number): AppError {
  return new AppError('request.too_slow', `The body did not arrive within ${seconds} seconds.`);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Without its byte-order mark. */
function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new AppError('request.malformed', 'The body is not UTF-8.', {}, { cause: error });
  }
}

/** What is nested without end would overflow the stack of whoever walks it later. */
function assertShallow(text: string): void {
  const { jsonDepthMax } = configuration().limits;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === 0x22) at = endOfString(text, at);
    else if (sign === 0x5b || sign === 0x7b) depth += 1;
    else if (sign === 0x5d || sign === 0x7d) depth -= 1;
    if (depth > jsonDepthMax) throw refusalAt(text, at, `it is nested more than ${jsonDepthMax} deep`);
  }
}

/** @returns where the string that begins at a quotation mark ends, or the text does. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
}

/** The parser of the runtime does not always say where; a second one, which reads on, does. */
function malformed(text: string, cause: unknown): AppError {
  if (text.trim() === '')
    return new AppError('request.malformed', 'The body is empty; JSON is asked for.', {}, { cause });
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const reason = first === undefined ? 'it is not JSON' : sentenceOf(printParseErrorCode(first.error));
  return refusalAt(text, first?.offset ?? text.length, reason, cause);
}

function refusalAt(text: string, at: number, reason: string, cause?: unknown): AppError {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  const place = `line ${line}, column ${column}`;
  const errors = [{ pointer: '', code: 'malformed', message: place }];
  const message = `The body is not JSON as it can be read: ${reason}, at ${place}.`;
  return new AppError('request.malformed', message, { errors }, { cause });
}

/** `CloseBraceExpected` → `close brace expected` */
function sentenceOf(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
