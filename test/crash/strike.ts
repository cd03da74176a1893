/** Who is struck down, and when. */
import type { Installation } from './installation.ts';
import type { Running } from './program.ts';
import type { Random } from './random.ts';

/**
 * - `program`: kill -9 of the process that imports; another takes its run over
 * - `program twice`: then of the one that took over, too
 * - `sleeper`: the process is stopped for longer than its lease, and wakes when another has done its work
 * - `postmaster`: kill -9 of the server's first process alone; those it started work on for a moment
 * - `server`: kill -9 of all the server's processes
 * - `backend`: kill -9 of one connection's process, after which the server itself begins anew
 * - `program and server`: both at once, as when the power fails
 */
export type Victim =
  | 'program'
  | 'program twice'
  | 'sleeper'
  | 'postmaster'
  | 'server'
  | 'backend'
  | 'program and server';

/** Does somebody else have to bring the run to its end? */
export function endsProgram(victim: Victim): boolean {
  return victim.startsWith('program') || victim === 'sleeper';
}

export function strike(victim: Victim, on: Installation, program: Running, random: Random): void {
  if (endsProgram(victim)) program.signal(victim === 'sleeper' ? 'SIGSTOP' : 'SIGKILL');
  if (victim === 'postmaster') killProcess(on.postmaster());
  if (victim === 'backend') killProcess(oneConnection(on, random));
  if (victim === 'server' || victim === 'program and server') {
    // First the one that would notice the end of the others.
    for (const pid of [on.postmaster(), ...on.serverProcesses().map((process) => process.pid)])
      killProcess(pid);
  }
}

/** PostgreSQL writes the login that a process serves into its title. */
function oneConnection(on: Installation, random: Random): number | undefined {
  const serving = on.serverProcesses().filter(({ command }) => /clientele_(app|loader) /.test(command));
  return serving[random.below(serving.length)]?.pid;
}

function killProcess(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
