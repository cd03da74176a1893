import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. Node's own way of doing so
 * never ends where the system says of a folder in one that is there that there is none, as /proc does.
 *
 * @param mode of the folders that are made.
 * @throws what the system says, such as ENOENT, EACCES, EEXIST or ENOTDIR.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const whole = resolve(path);
  const above = dirname(whole);
  try {
    mkdirSync(whole, mode);
  } catch (error) {
    // Somebody else may have made it just now.
    if (isFolder(whole)) return;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === whole || isFolder(above)) throw error;
    makeFolder(above, mode);
    makeFolder(whole, mode);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
