/** Finding out how a file is to be read: packing, encoding, format, dialect, columns. */
import { AppError } from '../platform/errors.ts';
import { byteOrderMark, markedEncoding } from './encodings/byte-order-mark.ts';
import { type EncodingFinding, encodingOfBytes, encodingOfHead } from './encodings/encoding.ts';
import { isEncoding, transcoderFor } from './encodings/transcode.ts';
import { refuseControlBytes, refuseOtherKinds } from './file-kind.ts';
import type { ReadLimits } from './limits.ts';
import type { Dialect } from './rows.ts';
import { type FileSample, takeSample } from './sample.ts';
import { sniffDialect } from './sniffing/sniff-dialect.ts';
import { openText, type TextLocation } from './source.ts';

export interface FoundDialect {
  readonly dialect: Dialect;
  /** How many columns a table without a header has. */
  readonly columns: number | undefined;
  readonly encodingCertain: boolean;
  readonly notes: readonly string[];
}

/** @throws AppError when the file is no text, is empty, or cannot be unpacked. */
export async function findDialect(
  path: string,
  whole: boolean,
  given: Partial<Dialect>,
  limits: ReadLimits,
): Promise<FoundDialect> {
  const sample = await takeSample(path, whole, limits);
  refuseOtherKinds(sample.head, sample.packing);
  const encoding = findEncoding(sample, given.encoding);
  const text = {
    head: decodeSample(sample.head, encoding.encoding),
    tail: sample.tail === undefined ? undefined : decodeSample(sample.tail, encoding.encoding),
    complete: sample.complete,
  };
  if (isBlank(text.head) && sample.complete) throw new AppError('file.empty', 'The file is empty.');
  const longer = () => readText({ path, packing: sample.packing, encoding: encoding.encoding }, limits);
  const found = await sniffDialect(text, given, limits, longer);
  return {
    dialect: { ...found.dialect, packing: sample.packing, encoding: encoding.encoding },
    columns: found.columns,
    encodingCertain: encoding.certain,
    notes: [...encoding.notes, ...found.notes],
  };
}

function findEncoding({ head, survey }: FileSample, given: string | undefined): EncodingFinding {
  if (given !== undefined) {
    if (!isEncoding(given))
      throw new AppError('usage.invalid', `There is no encoding "${given}" that can be read.`);
    return { encoding: given, certain: true, notes: [] };
  }
  const fromHead = encodingOfHead(head);
  if (fromHead !== undefined && fromHead !== 'utf-8') return { encoding: fromHead, certain: true, notes: [] };
  refuseControlBytes(head);
  return encodingOfBytes(survey, markedEncoding(head));
}

/** How much of a JSON text is searched for the list of rows. */
const jsonBytes = 8 * 1024 * 1024;

async function readText(location: TextLocation, limits: ReadLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of openText(location, limits).chunks) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= jsonBytes) break;
  }
  return Buffer.concat(chunks);
}

/** @returns UTF-8 without byte-order mark. */
function decodeSample(bytes: Buffer, encoding: string): Buffer {
  const transcoder = transcoderFor(encoding);
  const text = transcoder === undefined ? bytes : Buffer.concat([transcoder.write(bytes), transcoder.end()]);
  return text.subarray(byteOrderMark(text, 'utf-8'));
}

/** Nothing but blanks, NULs and the Control-Z of DOS. */
function isBlank(text: Buffer): boolean {
  return text.every((byte) => byte <= 0x20);
}
