/** What a file store promises, wherever it keeps its files. */
import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Places of the first byte and of the last; both are in it. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Each call throws AppError `file.store_unreachable` when the store does not answer: try again later. */
export interface FileStore {
  /**
   * Stores a stream under a key: the whole of it or nothing, also when the stream breaks off. Memory does not depend
   * on its size.
   *
   * @throws AppError `file.too_large` as soon as the bytes pass fileBytesMax; the stream is destroyed then.
   */
  put(key: string, source: Readable): Promise<StoredFile>;
  /** @param range a part of it; all of it unless said. @throws AppError `file.not_found` */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /**
   * A path on this machine at which the file lies: the store's own, or a copy. A copy may go when it was not asked for
   * a while, so ask again before each opening.
   *
   * @throws AppError `file.not_found`
   */
  localPath(key: string): Promise<string>;
  /** The work with the file is over for now: a copy on this machine is removed. */
  releaseLocal(key: string): Promise<void>;
  /** With what an unfinished `put` has left, if its process was killed. What is not there is removed already. */
  remove(key: string): Promise<void>;
  exists(key: string): Promise<boolean>;
}
