import { hkdfSync } from 'node:crypto';
import { secretOf } from '../database/secret.ts';
import { configuration } from '../platform/config.ts';

/**
 * Signs cookies and encrypts what second factors are made of. It derives from the installation's secret (HKDF, RFC
 * 5869), so that every process has it and none of the other things that derive from that secret gives it away.
 */
export async function signInSecret(): Promise<string> {
  const { secret, dataFolder } = configuration();
  const key = hkdfSync('sha256', secret ?? (await secretOf(dataFolder)), '', 'clientele sign-in', 32);
  return Buffer.from(key).toString('base64url');
}
