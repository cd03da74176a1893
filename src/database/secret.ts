/**
 * The installation's secret, from which the passwords of the database logins derive, so that every process of an
 * installation knows them and none is written down a second time.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { chown, link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { codeOf } from './failures.ts';

/**
 * Reads the secret that the data folder keeps, and makes it first where there is none. Several processes may ask at
 * once: all get the same.
 *
 * @throws AppError database.unreachable when the file belongs to somebody else.
 */
export async function secretOf(dataFolder: string): Promise<string> {
  const file = join(dataFolder, 'secret');
  return (await readSecret(file)) ?? (await makeSecret(dataFolder, file));
}

async function readSecret(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new AppError(
      'database.unreachable',
      `${file} cannot be read (${codeOf(error)}): run as the user who made the data folder, or set CLIENTELE_DATA.`,
      {},
      { cause: error },
    );
  }
}

/** Written under a name of its own and then linked, so that nobody ever reads half a secret. */
async function makeSecret(dataFolder: string, file: string): Promise<string> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const secret = randomBytes(32).toString('base64url');
  try {
    makeFolder(dataFolder);
    await writeFile(draft, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    await unlink(draft).catch(() => undefined);
    const message = `The data folder ${dataFolder} cannot be written to (${codeOf(cause)}): mend that, name another by CLIENTELE_DATA, or set CLIENTELE_SECRET.`;
    throw new AppError('database.unreachable', message, {}, { cause });
  }
  try {
    await giveToOwnerOf(dataFolder, draft);
    await link(draft, file);
    return secret;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await readSecret(file)) ?? secret;
  } finally {
    await unlink(draft);
  }
}

/** What root makes in somebody's data folder is his, so that he can go on without root. */
async function giveToOwnerOf(folder: string, file: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  await chown(file, uid, gid);
}

/** The password of a login, for a secret. */
export function passwordOf(secret: string, login: string): string {
  return createHmac('sha256', secret).update(`database login ${login}`).digest('base64url');
}

/**
 * What PostgreSQL keeps in place of a password (RFC 5803), made here so that the password itself never stands in a
 * statement or in the server's log.
 */
export function scramVerifier(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
