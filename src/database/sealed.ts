/**
 * What the database keeps sealed: from it alone nobody reads such a value. It is encrypted (AES-256-GCM) under a key that
 * derives from the installation's secret (HKDF, RFC 5869), another one for each purpose.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { configuration } from '../platform/config.ts';
import { secretOf } from './secret.ts';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export interface Sealing {
  /** A constant of ours; what was sealed for one purpose does not open for another. */
  readonly purpose: string;
  /** What the value belongs to, such as the id of its row: in another row the seal does not open. */
  readonly owner?: string;
}

/** @returns base64 of initialisation vector, tag and what was encrypted. */
export async function sealed(value: unknown, sealing: Sealing): Promise<string> {
  const iv = randomBytes(ivBytes);
  const encrypting = createCipheriv(cipher, await keyFor(sealing), iv).setAAD(ownerOf(sealing));
  const text = Buffer.concat([encrypting.update(JSON.stringify(value), 'utf8'), encrypting.final()]);
  return Buffer.concat([iv, encrypting.getAuthTag(), text]).toString('base64');
}

/** @returns the value, or undefined when it was sealed under another secret or for something else, or is damaged. */
export async function unsealed(seal: string, sealing: Sealing): Promise<unknown> {
  const bytes = Buffer.from(seal, 'base64');
  const key = await keyFor(sealing);
  try {
    const decrypting = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes));
    decrypting.setAAD(ownerOf(sealing)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const text = Buffer.concat([decrypting.update(bytes.subarray(ivBytes + tagBytes)), decrypting.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

function ownerOf({ owner = '' }: Sealing): Buffer {
  return Buffer.from(owner);
}

const keys = new Map<string, Promise<Buffer>>();

function keyFor({ purpose }: Sealing): Promise<Buffer> {
  let key = keys.get(purpose);
  if (key === undefined) {
    key = deriveKey(purpose);
    keys.set(purpose, key);
    key.catch(() => keys.delete(purpose));
  }
  return key;
}

async function deriveKey(purpose: string): Promise<Buffer> {
  const { secret, dataFolder } = configuration();
  const from = secret ?? (await secretOf(dataFolder));
  return Buffer.from(hkdfSync('sha256', from, '', `clientele ${purpose}`, 32));
}
