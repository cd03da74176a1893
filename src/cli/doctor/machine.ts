/** The machine: the runtime, the packages, and the data folder with its room. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../../database/embedded/inspect.ts';
import { configuration, installationFolder, unknownVariables } from '../../platform/config.ts';

/** Less room than this, and a large import may fill the disk. */
const freeBytesMin = 1024 ** 3;

export function examineRuntime(): Finding {
  const check = 'runtime';
  const version = process.versions.node;
  const packaged = process.execPath.startsWith(join(installationFolder, 'node_modules'));
  const says = `Node ${version}, ${packaged ? 'from the packages' : `the machine's own in ${process.execPath}`}.`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  // From where on types are stripped without a flag; scripts/ready.mjs has the same rule, and can import nothing.
  if (major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18))
    return { check, ok: true, says };
  return {
    check,
    ok: false,
    says,
    mend: 'Run bin/clientele, which finds the right one, or install Node 24.',
  };
}

/** Asks the set-up, which knows what belongs there. */
export function examinePackages(): Finding {
  const check = 'packages';
  const script = join(installationFolder, 'scripts', 'ready.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  if (status === 0) return { check, ok: true, says: 'Installed as package-lock.json names them.' };
  const [first = 'they could not be looked at', ...others] = stdout.trim().split('\n');
  const says = others.length === 0 ? `${first}.` : `${first}, and ${others.length} more.`;
  return { check, ok: false, says, mend: `Run "npm ci --ignore-scripts" in ${installationFolder}.` };
}

/** The values were looked at before: nothing runs on a wrong one. */
export function examineSettings(): Finding {
  const check = 'settings';
  const unknown = unknownVariables(process.env);
  if (unknown.length === 0) return { check, ok: true, says: 'Each is one that there is.' };
  const says = `There is no setting ${unknown.join(', ')}, so that it does nothing.`;
  return { check, ok: false, says, mend: 'docs/reference/configuration.md lists them all.' };
}

export async function examineDataFolder(): Promise<Finding[]> {
  const { dataFolder } = configuration();
  if (!existsSync(dataFolder)) {
    const says = `${dataFolder} is not there yet; the first command that needs it makes it.`;
    return [{ check: 'data folder', ok: true, says }];
  }
  return [examineAccess(dataFolder), await examineRoom(dataFolder)];
}

function examineAccess(dataFolder: string): Finding {
  const check = 'data folder';
  if (!statSync(dataFolder).isDirectory()) {
    const mend = 'Set CLIENTELE_DATA to a folder, or to one that is to be made.';
    return { check, ok: false, says: `${dataFolder} is no folder.`, mend };
  }
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, ok: true, says: `${dataFolder} can be written to.` };
  } catch {
    const mend =
      'Run as the user who made it, give the folder to the user you run as, or set CLIENTELE_DATA.';
    return { check, ok: false, says: `${dataFolder} cannot be written to.`, mend };
  }
}

async function examineRoom(dataFolder: string): Promise<Finding> {
  const check = 'disk';
  const { bavail, bsize } = await statfs(dataFolder);
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB are free.`;
  if (free >= freeBytesMin) return { check, ok: true, says };
  return { check, ok: false, says, mend: 'Make room, or move the data folder and set CLIENTELE_DATA.' };
}
