/**
 * Answers that are kept may hold what is shown once, such as the token of a key. What is in the database alone does not
 * give it away: it is encrypted (AES-256-GCM) under a key that derives from the installation's secret (HKDF, RFC 5869).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { secretOf } from '../database/secret.ts';
import { configuration } from '../platform/config.ts';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @returns base64 of initialisation vector, tag and what was encrypted. */
export async function sealed(value: unknown): Promise<string> {
  const iv = randomBytes(ivBytes);
  const encrypting = createCipheriv(cipher, await sealingKey(), iv);
  const text = Buffer.concat([encrypting.update(JSON.stringify(value), 'utf8'), encrypting.final()]);
  return Buffer.concat([iv, encrypting.getAuthTag(), text]).toString('base64');
}

/** @returns the value, or undefined when it was sealed under another secret, or is damaged. */
export async function unsealed(seal: string): Promise<unknown> {
  const bytes = Buffer.from(seal, 'base64');
  const decrypting = createDecipheriv(cipher, await sealingKey(), bytes.subarray(0, ivBytes));
  try {
    decrypting.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const text = Buffer.concat([decrypting.update(bytes.subarray(ivBytes + tagBytes)), decrypting.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

let key: Promise<Buffer> | undefined;

function sealingKey(): Promise<Buffer> {
  key ??= deriveKey().catch((error: unknown) => {
    key = undefined;
    throw error;
  });
  return key;
}

async function deriveKey(): Promise<Buffer> {
  const { secret, dataFolder } = configuration();
  return Buffer.from(
    hkdfSync('sha256', secret ?? (await secretOf(dataFolder)), '', 'clientele kept answers', 32),
  );
}
