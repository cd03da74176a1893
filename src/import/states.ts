/**
 * The states of an import run and the moves between them. `move` makes a move where the database says the run
 * still stands where it was thought to stand; nothing else writes the state.
 * A small JSON batch has no moves: its run is inserted in its last state (batch/batch-run.ts).
 *
 *     uploaded → inspected → mapped → checking → checked → committing → done → undoing → undone
 *                                        │          ↕           │                 │
 *                                        │         held     cancelling → cancelled → undoing
 *                                        └──────────┴───────────┴─────────┴───→ failed → undoing
 */
import { codeOf } from '../database/failures.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { AppError } from '../platform/errors.ts';

export type ImportState =
  | 'uploaded'
  | 'inspected'
  | 'mapped'
  | 'checking'
  | 'checked'
  | 'held'
  | 'committing'
  | 'done'
  | 'cancelling'
  | 'cancelled'
  | 'failed'
  | 'undoing'
  | 'undone';

const moves: Readonly<Record<ImportState, readonly ImportState[]>> = {
  uploaded: ['inspected', 'cancelled', 'failed'],
  inspected: ['mapped', 'cancelled', 'failed'],
  mapped: ['checking', 'cancelled', 'failed'],
  checking: ['checked', 'cancelled', 'failed'],
  checked: ['mapped', 'checking', 'held', 'committing', 'cancelled', 'failed'],
  held: ['checked', 'cancelled'],
  committing: ['done', 'cancelling', 'failed'],
  done: ['undoing'],
  cancelling: ['cancelled', 'failed'],
  cancelled: ['undoing'],
  failed: ['undoing'],
  undoing: ['undone', 'failed'],
  undone: [],
};

/** States in which a run writes to the tenant's data; one run a tenant at a time. */
export const writingStates: readonly ImportState[] = ['committing', 'cancelling', 'undoing'];

/** States that a worker brings further by itself. */
export const workingStates: readonly ImportState[] = [
  'uploaded',
  'inspected',
  'mapped',
  'checking',
  ...writingStates,
];

/** States in which a run needs none of its staged rows any more. */
export const writtenStates: readonly ImportState[] = ['done', 'cancelled', 'failed', 'undoing', 'undone'];

export function canMove(from: ImportState, to: ImportState): boolean {
  return moves[from].includes(to);
}

/**
 * @throws AppError `import.move` when the run does not stand in `from`, or the table has no such move; `import.busy`
 *   when it would write and another run of the tenant does.
 */
export async function move(
  tx: TenantTransaction,
  id: string,
  from: ImportState,
  to: ImportState,
): Promise<void> {
  if (!canMove(from, to)) throw new AppError('import.move', `An import that is ${from} cannot become ${to}.`);
  const moved = await writeMove(tx, id, from, to).catch((error: unknown) => {
    throw codeOf(error) === '23505' ? busy(error) : error;
  });
  if (!moved) throw elsewhere(from);
}

/** @throws AppError `import.move` when the run stands in another state by now. */
export async function assertState(tx: TenantTransaction, id: string, state: ImportState): Promise<void> {
  const { rowCount } = await tx.query('select from imports where tenant_id = $1 and id = $2 and state = $3', [
    tx.tenantId,
    id,
    state,
  ]);
  if (rowCount === 0) throw elsewhere(state);
}

/**
 * Whoever ends a run has no more to do with it: its lease ends in the same stroke, so that an undo need not wait for
 * its time when that process dies here. A run that is cancelled by somebody else before it writes is not yet left.
 */
async function writeMove(
  tx: TenantTransaction,
  id: string,
  from: ImportState,
  to: ImportState,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update imports set state = $3, updated_at = now(), progress_seq = progress_seq + 1,
       finished_at = case when $3 in ('done', 'cancelled', 'failed', 'undone') then now() end,
       lease_token = case when not $5 then lease_token end, lease_until = case when not $5 then lease_until end
     where tenant_id = $1 and id = $2 and state = $4`,
    [tx.tenantId, id, to, from, endsWork(from, to)],
  );
  return rowCount === 1;
}

function endsWork(from: ImportState, to: ImportState): boolean {
  return to === 'done' || to === 'failed' || to === 'undone' || (from === 'cancelling' && to === 'cancelled');
}

function elsewhere(from: ImportState): AppError {
  return new AppError('import.move', `The import is no longer ${from}; look at it again before going on.`);
}

function busy(cause: unknown): AppError {
  const message = 'Another import of this tenant is being written or undone; try again when it has ended.';
  return new AppError('import.busy', message, {}, { cause });
}
