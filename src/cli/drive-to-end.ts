import type { Database } from '../database/connect.ts';
import { cancelRun } from '../import/cancel.ts';
import { driveRun } from '../import/drive.ts';
import type { ImportRun } from '../import/run.ts';
import type { CommandContext } from './command.ts';
import { progressLine } from './progress.ts';

interface RunOf {
  readonly tenantId: string;
  readonly importId: string;
}

/** Ctrl-C asks the run to stop; it stops after the chunk that is being written, and says how far it came. */
export function driveToEnd(database: Database, of: RunOf, context: CommandContext): Promise<ImportRun> {
  return drive(database, of, context, () => {
    cancelRun(database, of.tenantId, of.importId, null).catch(() => {
      // It has just ended.
    });
  });
}

/** An undo is not left halfway: Ctrl-C is answered with what happens then, and a second one ends the program. */
export function driveUndo(database: Database, of: RunOf, context: CommandContext): Promise<ImportRun> {
  return drive(database, of, context, () => {
    process.stderr.write(
      'The undo goes to its end. Press Ctrl-C once more to leave: "clientele work" or "clientele start" then goes on with it.\n',
    );
  });
}

async function drive(
  database: Database,
  of: RunOf,
  { interrupted }: CommandContext,
  interrupt: () => void,
): Promise<ImportRun> {
  const line = progressLine();
  interrupted.addEventListener('abort', interrupt, { once: true });
  if (interrupted.aborted) interrupt();
  try {
    return await driveRun(database, of, line.watch);
  } finally {
    interrupted.removeEventListener('abort', interrupt);
    line.end();
  }
}
