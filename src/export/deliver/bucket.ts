/** A bucket of the tenant's own, on Amazon S3 or any service that speaks its protocol. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { upload } from '../../file-store/s3-upload.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { checkedAddress, guardedLookup } from './address.ts';

export interface Bucket {
  readonly bucket: string;
  readonly region: string;
  /** Null: Amazon's own. */
  readonly endpoint: string | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const connectMs = 10_000;
const silentMs = 60_000;
const attemptsMax = 3;
/** A part has more bytes than the call of a webhook. */
const requestTimes = 6;

/**
 * Puts a file under a key: whole or not at all. The same file put twice is one. However the service behaves, each
 * request comes to its end.
 *
 * @throws AppError `delivery.failed`, `delivery.address`
 */
export async function putIntoBucket(
  of: Bucket,
  { key, source }: { readonly key: string; readonly source: Readable },
  signal: AbortSignal,
): Promise<void> {
  if (of.endpoint !== null) checkedAddress(of.endpoint, 'The address of the S3 service');
  const client = await openClient(of);
  const stop = (): void => void source.destroy(new Error('The delivery was stopped.'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const requestMs = requestTimes * configuration().limits.deliverySecondsMax * 1000;
    const ending = () => AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
    await upload({ client, Bucket: of.bucket, Key: key, signal: ending }, source);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AppError ? error : failure(error);
  } finally {
    signal.removeEventListener('abort', stop);
    source.destroy();
    client.destroy();
  }
}

async function openClient({ endpoint, region, accessKeyId, secretAccessKey }: Bucket): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const lookup = { lookup: guardedLookup };
  return new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: attemptsMax,
    followRegionRedirects: false,
    requestHandler: {
      connectionTimeout: connectMs,
      socketTimeout: silentMs,
      httpAgent: new HttpAgent(lookup),
      httpsAgent: new HttpsAgent(lookup),
    },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** The service's own words may repeat names and keys: its code says enough. */
function failure(cause: unknown): AppError {
  const named = cause instanceof Error ? cause.name : 'unknown';
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : named;
  if (named === 'AbortError' || named === 'TimeoutError')
    return new AppError('delivery.failed', 'The bucket did not answer in time.', {}, { cause });
  if (code === 'NotPublic')
    return new AppError(
      'delivery.address',
      'The S3 service is at an address that is not public.',
      {},
      { cause },
    );
  return new AppError('delivery.failed', `The bucket did not take the file (${code}).`, { code }, { cause });
}
