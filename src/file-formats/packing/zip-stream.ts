/**
 * Bytes become the only file of a zip archive, by stream. It may be of any size: how large it is becomes known only
 * behind it, so that its header already speaks of zip64 (APPNOTE 6.3.10, 4.3.9.2).
 */
import { Transform, type TransformCallback } from 'node:stream';
import { crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { centralDirectory, dataDescriptor, localHeader } from './zip-writer.ts';

const level = 6;

/** @param name of the file within; ASCII. */
export function zipStream(name: string): Transform {
  return new ZipStream(name);
}

class ZipStream extends Transform {
  private readonly name: string;
  private readonly packing: DeflateRaw = createDeflateRaw({ level });
  private readonly packed = Promise.withResolvers<void>();
  private crc = 0;
  private size = 0;
  private compressed = 0;

  constructor(name: string) {
    super();
    this.name = name;
    this.push(localHeader(name, true));
    this.packed.promise.catch(() => {});
    this.packing.on('data', (bytes: Buffer) => {
      this.compressed += bytes.length;
      this.push(bytes);
    });
    this.packing.once('end', this.packed.resolve);
    this.packing.once('error', this.packed.reject);
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.size += bytes.length;
    this.crc = crc32(bytes, this.crc);
    this.packing.write(bytes, (error) => done(error ?? null));
  }

  override _flush(done: TransformCallback): void {
    this.packing.end();
    this.packed.promise.then(() => {
      const { name, crc, compressed, size } = this;
      const entry = { name, offset: 0, crc, compressed, size, mayBeLarge: true };
      const descriptor = dataDescriptor(entry);
      const end = localHeader(name, true).length + compressed + descriptor.length;
      done(null, Buffer.concat([descriptor, centralDirectory([entry], end)]));
    }, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.packing.destroy();
    done(error);
  }
}
