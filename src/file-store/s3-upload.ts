/**
 * A stream of unknown length becomes an object in S3, with two buffers and no more: one fills while the other is sent.
 * A small one is one request; a larger one is a multipart upload, which is aborted when anything goes wrong, so that
 * the object appears whole or not at all.
 */
import type { S3Client, UploadPartCommandOutput } from '@aws-sdk/client-s3';
import { configuration } from '../platform/config.ts';
import { log } from '../platform/log.ts';

export interface UploadTarget {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  /** Given anew for each request, and breaks it off. */
  readonly signal?: () => AbortSignal;
}

type Commands = typeof import('@aws-sdk/client-s3');

/** S3 takes 10,000 parts at most, and none but the last below 5 MiB. */
const partBytesMin = 8 * 1024 * 1024;
const partsMax = 10_000;

export async function upload(target: UploadTarget, pieces: AsyncIterable<Buffer>): Promise<void> {
  const commands = await import('@aws-sdk/client-s3');
  const parts = partsOf(pieces, partBytes());
  // Not `for await`: the first part says which way to go, and the rest is read from the same iterator.
  const first = await parts.next();
  const body = first.done ? Buffer.alloc(0) : first.value.bytes;
  if (first.done || first.value.last) {
    const { client, Bucket, Key } = target;
    const put = new commands.PutObjectCommand({ Bucket, Key, Body: body, ContentLength: body.length });
    await heeding(target, (options) => client.send(put, options));
    return;
  }
  await uploadParts(commands, target, first.value, parts);
}

function partBytes(): number {
  return Math.max(partBytesMin, Math.ceil(configuration().limits.fileBytesMax / partsMax));
}

async function uploadParts(
  commands: Commands,
  target: UploadTarget,
  first: Part,
  rest: AsyncGenerator<Part>,
): Promise<void> {
  const { client, Bucket, Key } = target;
  const create = new commands.CreateMultipartUploadCommand({ Bucket, Key });
  const { UploadId } = await heeding(target, (options) => client.send(create, options));
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts = await sendParts(first, rest, ({ number: PartNumber, bytes: Body }) => {
      const part = new commands.UploadPartCommand({
        ...upload,
        PartNumber,
        Body,
        ContentLength: Body.length,
      });
      return heeding(target, (options) => client.send(part, options));
    });
    const complete = new commands.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } });
    await heeding(target, (options) => client.send(complete, options));
  } catch (error) {
    await client.send(new commands.AbortMultipartUploadCommand(upload)).catch((reason: unknown) => {
      log().warn({ err: reason }, 'a broken upload could not be aborted; the bucket keeps its parts');
    });
    throw error;
  }
}

interface RequestOptions {
  readonly abortSignal?: AbortSignal;
}

/** The library waits without end for a service that answers 101; the signal is heard all the same. */
async function heeding<T>(
  { signal }: UploadTarget,
  send: (options: RequestOptions) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return send({});
  const abortSignal = signal();
  const aborted = Promise.withResolvers<never>();
  const end = (): void => aborted.reject(abortSignal.reason);
  abortSignal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([send({ abortSignal }), aborted.promise]);
  } finally {
    abortSignal.removeEventListener('abort', end);
  }
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string | undefined;
}

/** While a part is sent, the next one is read; a part's buffer is filled again only when it has been sent. */
async function sendParts(
  first: Part,
  rest: AsyncGenerator<Part>,
  send: (part: Part) => Promise<UploadPartCommandOutput>,
): Promise<SentPart[]> {
  const sent: SentPart[] = [];
  let part: Part | undefined = first;
  while (part !== undefined) {
    const current: Part = part;
    const [answer, next] = await Promise.allSettled([send(current), rest.next()]);
    if (answer.status === 'rejected') {
      await rest.return(undefined);
      throw answer.reason;
    }
    if (next.status === 'rejected') throw next.reason;
    sent.push({ PartNumber: current.number, ETag: answer.value.ETag });
    part = next.value.done ? undefined : next.value.value;
  }
  return sent;
}

interface Part {
  /** From 1. */
  readonly number: number;
  /** Valid until the part after the next one is asked for. */
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Gathers pieces into parts of one size, in two buffers by turns. No part when there is no byte. */
async function* partsOf(pieces: AsyncIterable<Buffer>, size: number): AsyncGenerator<Part> {
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  let number = 0;
  let filled = 0;
  for await (const piece of pieces) {
    let taken = 0;
    while (taken < piece.length) {
      // A full buffer is given away only when more follows: so the last part knows that it is.
      if (filled === size) {
        yield { number: number + 1, bytes: buffers[number % 2 === 0 ? 0 : 1], last: false };
        number += 1;
        filled = 0;
      }
      const copied = piece.copy(buffers[number % 2 === 0 ? 0 : 1], filled, taken);
      filled += copied;
      taken += copied;
    }
  }
  if (filled === 0) return;
  yield { number: number + 1, bytes: buffers[number % 2 === 0 ? 0 : 1].subarray(0, filled), last: true };
}
