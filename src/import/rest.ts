/** Which runs rest, and which can go on: once for a run at hand, once as SQL for those in the database. */
import type { RunOptions } from './run.ts';
import { type ImportState, workingStates } from './states.ts';

/** Does the run rest where it stands, until somebody asks for more? */
export function rests({
  state,
  options,
}: {
  readonly state: ImportState;
  readonly options: Pick<RunOptions, 'commit' | 'review'>;
}): boolean {
  if (state === 'mapped') return options.review === 'mapping';
  if (state === 'checked') return !options.commit;
  return !workingStates.includes(state);
}

/**
 * SQL: whether the run of the row may be going on; those that certainly rest are by far the most. As the index
 * imports_open has it.
 */
export const mayGoOn = `state in (${[...workingStates, 'checked'].map((state) => `'${state}'`).join(', ')})`;

/** SQL: whether the run of the row does not rest. */
export const goesOn = `(${mayGoOn} and case state when 'mapped' then options ->> 'review' is distinct from 'mapping'
  when 'checked' then (options ->> 'commit')::boolean else true end)`;
