/** Looks at the run from outside, as often as it can, so that a strike can be aimed at what it is just doing. */
import { databaseName } from '../../src/database/logins.ts';
import type { Installation } from './installation.ts';
import { secondFileName } from './outcome.ts';
import type { Running } from './program.ts';

/** Where the run stands. */
export interface Sight {
  readonly state: string;
  readonly isStaged: boolean;
  /** Chunks of the commit, and of the undo, that are recorded. */
  readonly committed: number;
  readonly undone: number;
  readonly token: string | null;
}

/** What the program is doing, as far as it can be seen from outside. */
export type Phase =
  | 'inspecting'
  | 'staging'
  | 'planning'
  | 'committing'
  | 'references'
  | 'done'
  | 'undoing'
  | 'undone';

const ended: readonly Phase[] = ['done', 'undoing', 'undone'];

/** @param chunks how many the whole run has. */
export function phaseOf(sight: Sight, chunks: number): Phase {
  if (sight.state === 'checking') return sight.isStaged ? 'planning' : 'staging';
  if (sight.state === 'checked') return 'planning';
  if (sight.state === 'committing') return sight.committed < chunks ? 'committing' : 'references';
  return ended.find((phase) => phase === sight.state) ?? 'inspecting';
}

const query = `select i.state, i.rows_staged is not null as "isStaged", i.lease_token as token,
    (select count(*)::int from import_chunks c where c.import_id = i.id and c.phase = 'commit') as committed,
    (select count(*)::int from import_chunks c where c.import_id = i.id and c.phase like 'undo%') as undone
  from imports i where i.file_name = $1 order by i.created_at desc limit 1`;

const lookEveryMs = 3;
const restLookEveryMs = 100;

/**
 * Watches for as long as the process runs, or until it is told that this is enough. There is nothing to be seen before
 * the process has begun its run.
 *
 * @returns what was seen last.
 */
export async function watchWhile(
  on: Installation,
  process: Running,
  isEnough: (sight: Sight | null) => boolean,
): Promise<Sight | null> {
  return on.asSuperuser(databaseName, async (client) => {
    for (let sight: Sight | null = null; ; await sleep(lookEveryMs)) {
      if (!process.isRunning()) return sight;
      const { rows } = await client.query<Sight>(query, [secondFileName]);
      sight = rows[0] ?? null;
      if (isEnough(sight)) return sight;
    }
  });
}

/** @returns the run as it is; null when there is none, undefined when the server does not answer. */
export async function look(on: Installation): Promise<Sight | null | undefined> {
  return on
    .asSuperuser(databaseName, async (client) => {
      const { rows } = await client.query<Sight>(query, [secondFileName]);
      return rows[0] ?? null;
    })
    .catch(() => undefined);
}

/**
 * Waits until the run goes no further and nobody holds it, or there is none. The server may be away for a while.
 * @returns whether it came to that before the deadline, which is in milliseconds of `performance.now()`.
 */
export async function untilRested(on: Installation, deadline: number): Promise<boolean> {
  while (performance.now() < deadline) {
    const sight = await look(on);
    if (sight === null || (sight !== undefined && rests(sight))) return true;
    await sleep(restLookEveryMs);
  }
  return false;
}

export function rests(sight: Sight): boolean {
  return ['done', 'undone', 'failed', 'cancelled'].includes(sight.state) && sight.token === null;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
