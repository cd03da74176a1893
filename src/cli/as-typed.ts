/** A command as it can be typed where this one was: what the program tells somebody to do, he may copy. */
import { join, relative } from 'node:path';
import { configuration, installationFolder } from '../platform/config.ts';

/** @param words what follows the program's name: `imports undo ID`. */
export function asTyped(words: string): string {
  const program = join(installationFolder, 'bin', 'clientele');
  const near = relative(process.cwd(), program);
  const path = near.startsWith('..') ? program : near;
  const { CLIENTELE_DATA } = process.env;
  const environment =
    CLIENTELE_DATA === undefined || CLIENTELE_DATA === ''
      ? ''
      : `CLIENTELE_DATA=${configuration().dataFolder} `;
  return `${environment}${path} ${words}`;
}
