/** The bytes by which a file is judged: its head and its end, and a survey of all of it or of parts. */
import { ByteSurvey } from './encodings/byte-survey.ts';
import { fileSize, readPart } from './file-bytes.ts';
import { type Packing, packingOf } from './file-kind.ts';
import type { ReadLimits } from './limits.ts';
import { openBytes } from './packing/unpack.ts';

export interface FileSample {
  readonly packing: Packing;
  /** The first bytes, unpacked. */
  readonly head: Buffer;
  /** Is the head all there is? */
  readonly complete: boolean;
  /**
   * The last bytes, unpacked; they begin at a multiple of four in the file, so that units of two and four bytes are
   * whole. Undefined when the end was not reached.
   */
  readonly tail: Buffer | undefined;
  readonly survey: ByteSurvey;
}

const headBytes = 256 * 1024;
const tailBytes = 64 * 1024;
const partBytes = 64 * 1024;
/** Of a packed file, which cannot be looked at in the middle, as much is unpacked. */
const unpackedBytes = 8 * 1024 * 1024;

/** @param whole look at every byte, not only at samples. */
export async function takeSample(path: string, whole: boolean, limits: ReadLimits): Promise<FileSample> {
  await fileSize(path);
  const packing = packingOf(await readPart(path, 0, 4));
  if (packing !== 'none' || whole)
    return sampleStream(path, packing, whole ? Number.POSITIVE_INFINITY : unpackedBytes, limits);
  return sampleParts(path, limits);
}

async function sampleStream(
  path: string,
  packing: Packing,
  bytesMax: number,
  limits: ReadLimits,
): Promise<FileSample> {
  const survey = new ByteSurvey();
  const head: Buffer[] = [];
  let headSize = 0;
  let last: Buffer = Buffer.alloc(0);
  let isWhole = true;
  for await (const chunk of openBytes(path, packing, limits).chunks) {
    survey.see(chunk);
    if (headSize < headBytes) {
      head.push(chunk.subarray(0, headBytes - headSize));
      headSize += chunk.length;
    }
    last = chunk.length >= tailBytes + 4 ? chunk : Buffer.concat([last.subarray(-tailBytes - 4), chunk]);
    if (survey.bytes >= bytesMax) {
      isWhole = false;
      break;
    }
  }
  survey.end(isWhole);
  const start = Math.max(0, survey.bytes - tailBytes);
  const aligned = start + ((4 - (start % 4)) % 4);
  const tail = isWhole ? Buffer.from(last.subarray(last.length - (survey.bytes - aligned))) : undefined;
  return { packing, head: Buffer.concat(head), complete: isWhole && survey.bytes <= headBytes, tail, survey };
}

/** Head, three parts, and the end. */
async function sampleParts(path: string, limits: ReadLimits): Promise<FileSample> {
  const size = await fileSize(path);
  if (size > limits.fileBytesMax || size <= headBytes * 4)
    return sampleStream(path, 'none', Number.POSITIVE_INFINITY, limits);
  const survey = new ByteSurvey();
  const head = await readPart(path, 0, headBytes);
  survey.see(head);
  for (const share of [0.25, 0.5, 0.75]) {
    survey.see(survey.breakOff(await readPart(path, Math.floor(size * share), partBytes)));
  }
  const tailAt = size - tailBytes - ((size - tailBytes) % 4);
  const tail = await readPart(path, tailAt, size - tailAt);
  survey.see(survey.breakOff(tail));
  survey.end(true);
  return { packing: 'none', head, complete: false, tail, survey };
}
