/** One round: the action begins, somebody is struck, and the end has to be the same as undisturbed within a minute. */
import type { Installation } from './installation.ts';
import { differences, outcomeOf } from './outcome.ts';
import { limitsOf, type RoundPlan } from './plan.ts';
import { killAll, type Running, start } from './program.ts';
import { endsProgram, strike } from './strike.ts';
import type { Expectations, Expected } from './undisturbed.ts';
import { look, phaseOf, rests, type Sight, sleep, untilRested, watchWhile } from './watching.ts';

export interface RoundReport {
  readonly plan: RoundPlan;
  /** Where the run stood when the strike came. */
  readonly struckAt: string;
  /** From the last strike until the run rested. */
  readonly restedAfterMs: number;
  /** The whole round. */
  readonly tookMs: number;
  /** What is wrong; empty when nothing is. */
  readonly faults: readonly string[];
}

/** No run may be stuck for longer. */
const stuckAfterMs = 60_000;

export async function playRound(
  on: Installation,
  plan: RoundPlan,
  { chunkRows, expectations }: { readonly chunkRows: number; readonly expectations: Expectations },
): Promise<RoundReport> {
  const began = performance.now();
  await on.putBack(plan.action);
  const round = new Round(on, plan, expectations, on.environment(limitsOf(plan, chunkRows)));
  try {
    return { ...(await round.play()), tookMs: performance.now() - began };
  } finally {
    killAll();
  }
}

class Round {
  private readonly on: Installation;
  private readonly plan: RoundPlan;
  private readonly expectations: Expectations;
  private readonly expected: Expected;
  private readonly environment: NodeJS.ProcessEnv;
  private readonly faults: string[] = [];
  private readonly workers: Running[] = [];

  constructor(on: Installation, plan: RoundPlan, expectations: Expectations, environment: NodeJS.ProcessEnv) {
    this.on = on;
    this.plan = plan;
    this.expectations = expectations;
    this.expected = expectations[plan.action];
    this.environment = environment;
  }

  async play(): Promise<Omit<RoundReport, 'tookMs'>> {
    const { plan } = this;
    if (plan.worker === 'standing') this.startWorker();
    const program = start(this.expected.arguments, this.environment);
    const sight = await this.untilAim(program);
    strike(plan.victim, this.on, program, plan.random);
    let struck = performance.now();
    if (endsProgram(plan.victim) && plan.worker === 'called') this.startWorker();
    if (plan.victim === 'program twice') struck = await this.strikeWorker(struck);
    const restedAfterMs = await this.untilRested(program, struck);
    if (this.faults.length === 0) await this.compare();
    if (plan.victim === 'sleeper' && this.faults.length === 0) await this.wake(program);
    return { plan, struckAt: this.describe(sight), restedAfterMs, faults: this.faults };
  }

  private startWorker(): void {
    const untilIdle = this.plan.worker === 'called' ? ['--until-idle'] : [];
    this.workers.push(start(['work', ...untilIdle], this.environment));
  }

  /** @returns what was seen last before the strike. */
  private untilAim(program: Running): Promise<Sight | null> {
    const { phase, fraction } = this.plan.aim;
    const { ms, phases } = this.expected;
    const isThere = (sight: Sight | null): boolean =>
      phase === 'anywhere' || (sight !== null && phaseOf(sight, this.expectations.chunks) === phase);
    const waitMs = fraction * (phase === 'anywhere' ? ms : (phases.get(phase) ?? 0));
    let from: number | undefined;
    return watchWhile(this.on, program, (sight) => {
      if (from === undefined && isThere(sight)) from = performance.now();
      return from !== undefined && performance.now() >= from + waitMs;
    });
  }

  private describe(sight: Sight | null): string {
    if (sight === null) return 'no run yet';
    const chunks = sight.state === 'undoing' ? sight.undone : sight.committed;
    return `${phaseOf(sight, this.expectations.chunks)}, ${chunks} chunks`;
  }

  /** Strikes the worker when it has taken over, at any time in what is left. @returns when it was struck last. */
  private async strikeWorker(struck: number): Promise<number> {
    const worker = this.workers.at(-1);
    const before = await look(this.on);
    if (worker === undefined || !before || rests(before)) return struck;
    await watchWhile(this.on, worker, (sight) => sight === null || tookOver(before, sight) || rests(sight));
    await sleep(this.plan.random.fraction() * this.expected.ms * 0.7);
    worker.signal('SIGKILL');
    this.startWorker();
    return performance.now();
  }

  /** Until the run rests and everybody who was to end has ended. @returns how long that took. */
  private async untilRested(program: Running, struck: number): Promise<number> {
    const deadline = struck + stuckAfterMs;
    if (!endsProgram(this.plan.victim)) await this.programEnds(program, deadline);
    const rested = await untilRested(this.on, deadline);
    const restedAfterMs = performance.now() - struck;
    if (!rested) {
      this.faults.push(
        `after ${stuckAfterMs / 1000} s the run is still ${JSON.stringify(await look(this.on))}`,
      );
    }
    if (this.faults.length === 0) await this.dismissWorkers(deadline);
    return restedAfterMs;
  }

  /** It goes on by itself when its server is struck; unless it had no run yet, which it then does not begin. */
  private async programEnds(program: Running, deadline: number): Promise<void> {
    const ending = await within(deadline, program.ended);
    if (ending === undefined) return void this.faults.push('the program did not end');
    // It may have done its work before its server was struck: then nobody else needs that one.
    if (ending.code === this.expected.exitCode) return this.on.bringUp();
    if (/database/i.test(ending.errors)) this.startWorker();
    else this.faults.push(`the program ended with ${ending.code}: ${ending.errors}`);
  }

  /** A worker that was called ends by itself when nothing is left to do. */
  private async dismissWorkers(deadline: number): Promise<void> {
    if (this.plan.worker === 'standing') for (const worker of this.workers) worker.signal('SIGTERM');
    for (const worker of this.workers) {
      const ending = await within(deadline, worker.ended);
      if (ending === undefined) this.faults.push('a worker did not end');
      // By a signal of ours: it may have come before the worker listened.
      else if (ending.code !== 0 && ending.signal === null)
        this.faults.push(`a worker ended with ${ending.code}: ${ending.errors}`);
      else if (ending.errors !== '') this.faults.push(`a worker complained: ${ending.errors}`);
    }
  }

  /** What was struck before it had begun is as if it had never been called. */
  private async compare(): Promise<void> {
    const { tenantId } = this.expectations;
    const found = await this.on.asProgram((database) => outcomeOf(database, tenantId));
    const sight = await look(this.on);
    const begun = this.plan.action === 'import' ? sight !== null : sight?.state !== 'done';
    this.faults.push(...differences(begun ? this.expected.after : this.expected.before, found));
  }

  /** A process that slept while another did its work writes nothing when it wakes, and reports the same end. */
  private async wake(program: Running): Promise<void> {
    program.signal('SIGCONT');
    const ending = await within(performance.now() + stuckAfterMs, program.ended);
    if (ending === undefined) this.faults.push('the sleeper did not end');
    else if (ending.code !== this.expected.exitCode)
      this.faults.push(`the sleeper ended with ${ending.code}: ${ending.errors}`);
    const { tenantId } = this.expectations;
    const found = await this.on.asProgram((database) => outcomeOf(database, tenantId));
    this.faults.push(...differences(this.expected.after, found));
  }
}

function tookOver(before: Sight, now: Sight): boolean {
  return now.token !== null && now.token !== before.token;
}

/** @returns undefined when the deadline passes first. */
async function within<T>(deadline: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(deadline - performance.now(), 0));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
