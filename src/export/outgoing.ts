/** The bytes of an export on their way out: gathered into pieces that are worth sending, counted and hashed. */
import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Snapshot } from './snapshot.ts';

export interface Sending {
  /** Sees each piece before it leaves. */
  take(piece: Buffer): void;
  /** After the last piece, and before the stream ends; when it fails, so does the stream. */
  whole(): Promise<void>;
  /** When it breaks off. The stream is destroyed with the same reason. */
  broken(reason: Error): void;
}

/** @returns the file. What is called back is called outside the snapshot's transaction. */
export function outgoing(snapshot: Snapshot, { take, whole, broken }: Sending): Readable {
  const pieces = new Pieces();
  const sent = (piece: Buffer): Buffer => {
    take(piece);
    return piece;
  };
  const end = new Transform({
    transform: (bytes: Buffer, _, done) => {
      const piece = pieces.add(bytes);
      if (piece !== undefined) end.push(sent(piece));
      done();
    },
    flush: (done) => {
      end.push(sent(pieces.rest()));
      whole().then(() => done(), done);
    },
  });
  pipeline([snapshot.copy.stream, ...snapshot.through, end], (error) => {
    if (error != null) broken(error);
  });
  return end;
}

const pieceBytes = 64 * 1024;

/**
 * The server sends 8 KiB at a time, and each piece costs a write of its own further on. They are gathered, all but the
 * first, which leaves at once.
 */
class Pieces {
  private gathered: Buffer[] = [];
  private bytes = 0;
  private isBegun = false;

  add(bytes: Buffer): Buffer | undefined {
    this.gathered.push(bytes);
    this.bytes += bytes.length;
    if (this.isBegun && this.bytes < pieceBytes) return undefined;
    this.isBegun = true;
    return this.rest();
  }

  rest(): Buffer {
    const [first = Buffer.alloc(0), second] = this.gathered;
    const piece = second === undefined ? first : Buffer.concat(this.gathered, this.bytes);
    this.gathered = [];
    this.bytes = 0;
    return piece;
  }
}

/** Counts and hashes what leaves. */
export class Meter {
  bytes = 0;
  isRead = false;
  private readonly hash = createHash('sha256');

  take(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.hash.update(bytes);
  }

  /** Once, when nothing leaves any more. */
  result(): { readonly bytes: number; readonly sha256: string } {
    this.isRead = true;
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
