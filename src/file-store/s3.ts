/**
 * Files in a bucket of Amazon S3, or of any service that speaks its protocol. The library is loaded when the first
 * file is touched: most commands touch none, and many installations have no bucket.
 */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { configuration, type S3Config } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';
import { Cache } from './cache.ts';
import { Measured, notFound } from './measured.ts';
import { upload } from './s3-upload.ts';
import type { ByteRange, FileStore, StoredFile } from './store.ts';

const connectMs = 10_000;
/** A connection on which nothing moves for so long is dead. */
const silentMs = 60_000;
const attemptsMax = 5;

export class S3Store implements FileStore {
  private readonly config: S3Config;
  private readonly cache: Cache;
  private opened: Promise<S3Client> | undefined;

  constructor(config: S3Config, dataFolder: string) {
    this.config = config;
    this.cache = new Cache({
      folder: join(dataFolder, 'cache'),
      bytesMax: configuration().limits.cacheBytesMax,
    });
  }

  async put(key: string, source: Readable): Promise<StoredFile> {
    const measured = new Measured();
    const { Bucket, Key } = this.object(key);
    try {
      const client = await this.client();
      await upload({ client, Bucket, Key }, measured.pass(source));
    } catch (error) {
      source.destroy();
      throw refusalOf(error);
    }
    return measured.result();
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.client();
    const part = range === undefined ? {} : { Range: `bytes=${range.first}-${range.last}` };
    const { Body } = await client.send(new GetObjectCommand({ ...this.object(key), ...part })).catch(refuse);
    if (!(Body instanceof Readable)) throw new Error('S3 answered with no stream.');
    return Body;
  }

  localPath(key: string): Promise<string> {
    return this.cache
      .path(this.cacheName(key), () => this.read(key))
      .catch((error: unknown) => {
        throw isBrokenOff(error) ? unreachable(error) : error;
      });
  }

  async releaseLocal(key: string): Promise<void> {
    await this.cache.remove(this.cacheName(key));
  }

  async remove(key: string): Promise<void> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.client();
    await client.send(new DeleteObjectCommand(this.object(key))).catch(refuse);
    await this.releaseLocal(key);
  }

  async exists(key: string): Promise<boolean> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.client();
    return client.send(new HeadObjectCommand(this.object(key))).then(
      () => true,
      (error: unknown) => (isMissing(error) ? false : refuse(error)),
    );
  }

  private object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.config.bucket, Key: this.config.prefix + key };
  }

  /** Another bucket's file of the same key is another file. */
  private cacheName(key: string): string {
    const { endpoint = '', bucket, prefix } = this.config;
    return [endpoint, bucket, prefix + key].join('\n');
  }

  private client(): Promise<S3Client> {
    this.opened ??= openClient(this.config);
    return this.opened;
  }
}

async function openClient({ endpoint, region }: S3Config): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: attemptsMax,
    requestHandler: { connectionTimeout: connectMs, socketTimeout: silentMs },
    // Checksums that not every service of the protocol knows; each request is signed over its own sha256 all the same.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function refuse(error: unknown): never {
  throw refusalOf(error);
}

/** S3's answers and the network's failures as refusals; what is no failure of theirs stays what it is. */
function refusalOf(error: unknown): unknown {
  if (isMissing(error)) return notFound(error);
  return isUnreachable(error) ? unreachable(error) : error;
}

function unreachable(cause: unknown): AppError {
  const message = 'The file store does not answer. Is the S3 service running, and are its settings right?';
  return new AppError('file.store_unreachable', message, {}, { cause });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
]);

/** A file that came halfway: its stream's errors are Node's, and not the library's. */
function isBrokenOff(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return networkCodes.has(error.code) || error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** The library's errors tell of the request by `$metadata`; those of the source that was being read do not. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  const isRefused = httpStatusCode === 403 || error.name === 'NoSuchBucket' || (httpStatusCode ?? 0) >= 500;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isLost = networkCodes.has(code) || error.name === 'TimeoutError';
  return isRefused || isLost || error.name === 'CredentialsProviderError';
}
