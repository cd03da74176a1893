/** UTF-8 becomes another encoding and is read again, and a character that has no bytes there never becomes a question mark. */
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import {
  encodingStream,
  isUnicode,
  type OutputEncoding,
  outputEncodings,
  TextEncoding,
} from '../../../src/file-formats/encodings/text-encoder.ts';
import { transcoderFor } from '../../../src/file-formats/encodings/transcode.ts';

async function encoded(text: string, encoding: OutputEncoding, pieceBytes = 5): Promise<Buffer> {
  const stream = encodingStream(encoding);
  const done = buffer(stream);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) stream.write(bytes.subarray(at, at + pieceBytes));
  stream.end();
  return done;
}

/** As the importer decodes it. */
function decoded(bytes: Buffer, encoding: OutputEncoding): string {
  const transcoder = transcoderFor(encoding);
  return (
    transcoder === undefined ? bytes : Buffer.concat([transcoder.write(bytes), transcoder.end()])
  ).toString();
}

describe.each(outputEncodings.map((encoding) => ({ encoding })))('$encoding', ({ encoding }) => {
  test('every character that it has comes back as it was, wherever the bytes are cut', async () => {
    const has = new TextEncoding(encoding);
    const candidates = isUnicode(encoding)
      ? 'aé…名😀\ufeff'
      : iconv.decode(Buffer.from(Array.from({ length: 128 }, (_, i) => i + 128)), encoding) +
        'aéÀß€żЖαş日한中';
    const alphabet = [...candidates].filter((character) => has.holds(character.codePointAt(0) ?? 0));
    expect(alphabet.length).toBeGreaterThan(3);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...alphabet, '"', ',', '\r\n', '\\', '~', '|')),
        fc.integer({ min: 1, max: 9 }),
        async (characters, pieceBytes) => {
          const text = characters.join('');
          expect(decoded(await encoded(text, encoding, pieceBytes), encoding)).toBe(text);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.skipIf(isUnicode(encoding) || encoding === 'gb18030')(
    'a character that it does not have breaks off',
    async () => {
      await expect(encoded('a😀b', encoding)).rejects.toThrow(`${encoding} has no character “😀” (U+1F600)`);
      expect(new TextEncoding(encoding).holds(0x1f600)).toBe(false);
    },
  );
});

test('what looks alike is not taken for the same', () => {
  expect(new TextEncoding('shift_jis').holds(0xa5)).toBe(false);
  expect(new TextEncoding('windows-1252').holds(0x20ac)).toBe(true);
  expect(new TextEncoding('iso-8859-1').holds(0x20ac)).toBe(false);
  expect(new TextEncoding('iso-8859-15').holds(0x20ac)).toBe(true);
});
