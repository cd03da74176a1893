/** Rows are taken out of the server's messages, wherever the connection cuts these, and nothing else is taken. */
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { CopiedRows, type RowsOptions } from '../../../src/database/copied-rows.ts';

/** A message of the protocol: its kind, its length, its content. */
function message(kind: string, content: string | Buffer = ''): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

const begun = message('H', '\0\0\x01\0\0');
const after = Buffer.concat([message('C', 'COPY 2\0'), message('Z', 'T')]);

/** A connection over which the bytes come in pieces, and whatever the client's own reader got of them. */
function connected(options: RowsOptions = {}) {
  const socket = new PassThrough();
  const own: Buffer[] = [];
  const reader = (bytes: Buffer): void => void own.push(bytes);
  socket.on('data', reader);
  const asked: string[] = [];
  const rows = new CopiedRows('copy …', options);
  rows.submit({ stream: socket, query: (text: string) => asked.push(text) } as unknown as pg.Connection);
  return { socket, rows, asked, own: () => Buffer.concat(own) };
}

function cutInto(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

const line = fc.array(fc.constantFrom('a', '"', '\n', '\r', ',', 'é', '😀', 'x'.repeat(300)), {
  maxLength: 5,
});

describe('rows', () => {
  test('come in their order, each with its line end, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          line.map((parts) => parts.join('')),
          { maxLength: 20 },
        ),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom('crlf' as const, undefined),
        async (lines, cuts, lineEnd) => {
          const opening = Buffer.from('head\r\n');
          const { socket, rows, own } = connected({ opening, lineEnd });
          const sent = [begun, ...lines.map((text) => message('d', `${text}\n`)), message('c'), after];
          const taken = buffer(rows);
          for (const piece of cutInto(Buffer.concat(sent), cuts)) {
            socket.write(piece);
            await new Promise((resolve) => setImmediate(resolve));
          }
          const end = lineEnd === 'crlf' ? '\r\n' : '\n';
          expect((await taken).toString()).toBe(`head\r\n${lines.map((text) => text + end).join('')}`);
          await new Promise((resolve) => setImmediate(resolve));
          expect(own()).toEqual(after);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('of many megabytes come too, and one of them may be larger than any piece', async () => {
    const { socket, rows } = connected({ lineEnd: 'crlf' });
    const taken = buffer(rows);
    const long = 'y'.repeat(1_000_000);
    for (let i = 0; i < 20; i += 1) socket.write(message('d', `${long}\n`));
    socket.write(Buffer.concat([message('c'), after]));
    expect((await taken).equals(Buffer.from(`${long}\r\n`.repeat(20)))).toBe(true);
  });

  test('the first leaves before the second has come', async () => {
    const { socket, rows } = connected({ opening: Buffer.from('head\n') });
    socket.write(Buffer.concat([begun, message('d', 'one\n')]));
    const first = await new Promise<Buffer>((resolve) => rows.once('data', resolve));
    expect(first.toString()).toBe('head\none\n');
  });

  test('a notice between them is no row', async () => {
    const { socket, rows } = connected();
    const taken = buffer(rows);
    socket.write(
      Buffer.concat([begun, message('d', '1\n'), message('N', 'SNOTICE\0'), message('S', 'x\0y\0')]),
    );
    socket.write(Buffer.concat([message('d', '2\n'), message('c'), after]));
    expect((await taken).toString()).toBe('1\n2\n');
  });
});

describe('what is no row is left to the client', () => {
  test('an error, with what follows it, be it cut in the middle', async () => {
    const failed = Buffer.concat([message('E', 'SERROR\0C57014\0Mcanceled\0\0'), message('Z', 'E')]);
    for (const cut of [1, 5, 9]) {
      const { socket, rows, own } = connected();
      const reason = new Promise<Error>((resolve) => rows.once('error', resolve));
      rows.resume();
      socket.write(Buffer.concat([begun, message('d', '1\n'), failed.subarray(0, cut)]));
      await new Promise((resolve) => setImmediate(resolve));
      socket.write(failed.subarray(cut));
      await new Promise((resolve) => setImmediate(resolve));
      expect(own()).toEqual(failed);
      rows.handleError(new Error('canceled'));
      expect((await reason).message).toBe('canceled');
      expect(rows.destroyed).toBe(true);
    }
  });

  test('it asks for the statement once it is its turn', () => {
    expect(connected().asked).toEqual(['copy …']);
  });
});
