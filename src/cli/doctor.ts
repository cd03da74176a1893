import type { Finding } from '../database/embedded/inspect.ts';
import { readArguments } from './command.ts';
import { examineDatabase } from './doctor/database.ts';
import { examineDataFolder, examinePackages, examineRuntime, examineSettings } from './doctor/machine.ts';

export const help = `clientele doctor: say what is wrong with this installation, and how to mend it

Usage: clientele doctor [--json]

Looks at the runtime, the installed packages, the settings, the data folder, the database server, its logins, the
migrations, and imports that nobody works on any more. Changes nothing; a private database that is there is started for
as long as it is looked at. Exit code 0 when all is well, 1 when something is to be mended.`;

export async function run(args: string[]): Promise<number> {
  const { values } = readArguments(args, { json: { type: 'boolean', default: false } }, { min: 0, max: 0 });
  const findings = [
    examineRuntime(),
    examinePackages(),
    examineSettings(),
    ...(await examineDataFolder()),
    ...(await examineDatabase()),
  ];
  process.stdout.write(values.json ? `${JSON.stringify(findings)}\n` : findings.map(sayFinding).join(''));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

function sayFinding({ check, ok, says, mend }: Finding): string {
  return `${ok ? '✓' : '✗'} ${check}: ${says}\n${mend === undefined ? '' : `    ${mend}\n`}`;
}
