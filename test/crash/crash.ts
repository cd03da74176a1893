/** The crash test: rounds upon rounds on one installation, each of which must come to the undisturbed end. */
import { Installation } from './installation.ts';
import { planRound } from './plan.ts';
import { killAll } from './program.ts';
import { playRound, type RoundReport } from './round.ts';
import { type Action, type Expected, prepare, type Size } from './undisturbed.ts';

export interface CrashOptions extends Size {
  /** Numbers of the rounds; each is the same whatever others are played. */
  readonly rounds: readonly number[];
  readonly seed: number;
  /** Let every lease be short: whoever takes over then never waits as long as in the product. */
  readonly shortLeases?: boolean;
  /** Go on after a round that failed, which leaves the next one a fresh start all the same. */
  readonly goOn?: boolean;
  readonly tell: (line: string) => void;
}

export interface CrashReport {
  readonly reports: readonly RoundReport[];
  readonly failed: readonly RoundReport[];
  /** What is kept for whoever looks into a failure; undefined when there was none. */
  readonly folder?: string;
}

let current: Installation | undefined;

/** For whoever has to end at once: leaves no process and no folder behind. */
export function abandonCrashTest(): void {
  killAll();
  current?.destroy();
}

export async function runCrashTest(options: CrashOptions): Promise<CrashReport> {
  const on = await Installation.open();
  current = on;
  let clean = false;
  try {
    const report = await playRounds(on, options);
    clean = report.failed.length === 0;
    return clean ? report : { ...report, folder: on.folder };
  } finally {
    killAll();
    await on.close({ keepFolder: !clean });
  }
}

async function playRounds(on: Installation, options: CrashOptions): Promise<CrashReport> {
  const { rounds, seed, chunkRows, tell } = options;
  const expectations = await prepare(on, options);
  for (const action of ['import', 'undo'] as const) tell(timeOf(action, expectations[action]));
  const reports: RoundReport[] = [];
  const failed: RoundReport[] = [];
  for (const number of rounds) {
    const plan = planRound(seed, number);
    const played = options.shortLeases ? { ...plan, lease: 'short' as const } : plan;
    const report = await playRound(on, played, { chunkRows, expectations });
    reports.push(report);
    tell(lineOf(report));
    if (report.faults.length === 0) continue;
    failed.push(report);
    if (!options.goOn) break;
  }
  return { reports, failed };
}

function timeOf(action: Action, { ms, phases }: Expected): string {
  const seconds = (of: number): string => `${(of / 1000).toFixed(1)} s`;
  const parts = [...phases].map(([phase, of]) => `${phase} ${seconds(of)}`).join(', ');
  return `Undisturbed, ${action} takes ${seconds(ms)}: ${parts}.`;
}

function lineOf({ plan, struckAt, restedAfterMs, tookMs, faults }: RoundReport): string {
  const { number, action, victim, aim, worker, lease } = plan;
  const words = [
    String(number).padStart(4),
    action.padEnd(6),
    victim.padEnd(18),
    `${aim.phase} ${Math.round(aim.fraction * 100)} %`.padEnd(16),
    struckAt.padEnd(22),
    `worker ${worker}`.padEnd(15),
    `${lease} lease`.padEnd(11),
    `rested after ${(restedAfterMs / 1000).toFixed(1)} s`.padEnd(20),
    `took ${(tookMs / 1000).toFixed(1)} s`.padEnd(12),
    faults.length === 0 ? 'same' : 'NOT THE SAME',
  ];
  return [words.join('  '), ...faults.map((fault) => `      ${fault}`)].join('\n');
}
