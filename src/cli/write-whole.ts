/** A file that a command writes: under its name it is whole, or not there. */
import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, isConnectionLost } from '../database/failures.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { usageError } from './command.ts';

/**
 * Writes all of the stream to the file, and nothing when it breaks off. What is no file, such as /dev/stdout or a pipe,
 * is written to as it comes.
 *
 * @throws AppError `file.unwritable`, and whatever the stream fails with.
 */
export async function writeWhole(stream: Readable, path: string): Promise<void> {
  if (await isDevice(path)) return write(stream, path, path);
  const target = await realpath(path).catch(() => path);
  const unfinished = `${target}.${newId()}.part`;
  try {
    await write(stream, unfinished, path);
    await rename(unfinished, target);
  } catch (error) {
    // Where it could not be made there is nothing to remove.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** @param named what whoever called said. */
async function write(stream: Readable, path: string, named: string): Promise<void> {
  try {
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }) as Writable);
  } catch (error) {
    throw refusalOf(error, path, named);
  }
}

/**
 * Says before any work that a file could not be written after it.
 *
 * @param option by which the file was named.
 * @throws AppError `usage.invalid`
 */
export async function assertWritable(option: string, path: string | undefined): Promise<void> {
  if (path === undefined || (await isDevice(path))) return;
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw usageError(`${option}: "${path}" is a folder; name a file`);
  const probe = `${await realpath(path).catch(() => path)}.${newId()}.part`;
  try {
    await (await open(probe, 'wx')).close();
    await rm(probe);
  } catch (error) {
    throw usageError(`${option}: "${path}" cannot be written, since ${reasonOf(error, path)}`);
  }
}

/** To be written over, and not to be replaced. */
async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** A failure of the stream stays what it is: a database that went away may come back. */
function refusalOf(error: unknown, path: string, named: string): unknown {
  if (!(error instanceof Error) || isConnectionLost(error)) return error;
  const isOfFile = 'syscall' in error && (isAt(error, path) || error.syscall === 'write');
  if (!isOfFile) return error;
  const message = `"${named}" could not be written: ${reasonOf(error, named)}.`;
  return new AppError('file.unwritable', message, {}, { cause: error });
}

const isAt = (error: Error, path: string): boolean => 'path' in error && error.path === path;

function reasonOf(error: unknown, path: string): string {
  const code = codeOf(error) ?? 'unknown';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `there is no folder ${dirname(path)}`,
    ENOTDIR: `${dirname(path)} is no folder`,
  };
  return reasons[code] ?? writeFailure(error) ?? `of the error ${code}`;
}

/** Why writing failed, for a person, where that is known. */
export function writeFailure(error: unknown): string | undefined {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'you may not write there',
    EPERM: 'you may not write there',
    EROFS: 'nothing can be written there',
    EISDIR: 'it is a folder',
    ENOSPC: 'the disk is full',
    EDQUOT: 'your share of the disk is used up',
    ENAMETOOLONG: 'its name is too long',
  };
  return reasons[codeOf(error) ?? ''];
}

/** @returns whether both paths lead to one file that is there, by links or otherwise. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  if (resolve(one) === resolve(other)) return true;
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.isFile() && a.dev === b.dev && a.ino === b.ino;
}
