/** How far a run has come, told to whoever watches: a command's terminal, later a stream of events. */
import type { ImportState } from './states.ts';

export interface Progress {
  readonly state: ImportState;
  /** What is being done, in a word: `reading`, `checking`, `writing`, `undoing`, `waiting`. */
  readonly doing: 'reading' | 'checking' | 'writing' | 'undoing' | 'waiting';
  readonly rowsDone: number;
  /** Null while it is not known. */
  readonly rowsTotal: number | null;
}

export type Watch = (progress: Progress) => void;

export const nobodyWatches: Watch = () => {};
