/** Runs that are left in any of their states, as a process leaves them that is killed there. */
import { expect } from 'vitest';
import { type Lease, takeLease } from '../../../src/import/lease.ts';
import type { Watch } from '../../../src/import/progress.ts';
import { type ImportRun, loadRun } from '../../../src/import/run.ts';
import * as steps from '../../../src/import/steps.ts';
import { neverStops } from '../../../src/import/stopping.ts';
import { beginUndo, undo } from '../../../src/import/undo/undo.ts';
import type { TestImports } from '../../support/import.ts';

// So long that a lease ends only when a test ends it; renewed as often as may be.
process.env.CLIENTELE_LEASE_SECONDS = '120';
process.env.CLIENTELE_LEASE_RENEW_SECONDS = '1';
process.env.CLIENTELE_TAKEOVER_GRACE_SECONDS = '1';
// Some of these tests make the program fail, which it would log.
process.env.CLIENTELE_LOG = 'silent';

class Killed extends Error {}

/** Ends the process that watches as soon as it has written something. */
const dies: Watch = ({ rowsDone }) => {
  if (rowsDone > 0) throw new Killed();
};

export type Stop = 'uploaded' | 'inspected' | 'mapped' | 'checking' | 'checked' | 'committing' | 'undoing';

export class Takeovers {
  private readonly given: TestImports;

  constructor(given: TestImports) {
    this.given = given;
  }

  async lease(tenantId: string, importId: string): Promise<Lease> {
    const lease = await takeLease(this.given.database, tenantId, importId);
    if (lease === null) throw new Error('Somebody else holds the lease.');
    return lease;
  }

  load(tenantId: string, importId: string): Promise<ImportRun> {
    return this.given.within(tenantId, (tx) => loadRun(tx, importId));
  }

  async step(lease: Lease, watch: Watch = () => {}): Promise<steps.Step> {
    const run = await this.load(lease.tenantId, lease.importId);
    return { database: this.given.database, run, lease, watch, stop: neverStops };
  }

  /** What the clock does when the process that holds the lease has been silent for long enough. */
  async expire(tenantId: string, importId: string): Promise<void> {
    await this.given.rows(
      tenantId,
      `update imports set lease_until = clock_timestamp() - interval '1 s' where tenant_id = $1 and id = $2`,
      [tenantId, importId],
    );
  }

  /** Does what the process does until the run stands there, and is in the middle of it; its lease still holds. */
  async leaveAt(stop: Stop, tenantId: string, importId: string): Promise<Lease> {
    if (stop === 'undoing') {
      await this.given.drive(tenantId, importId);
      await beginUndo(this.given.database, tenantId, importId);
    }
    const lease = await this.lease(tenantId, importId);
    for (const move of this.way(stop, lease)) await move();
    expect((await this.load(tenantId, importId)).state).toBe(stop);
    return lease;
  }

  /** The same with a process that is dead by now. */
  async abandonAt(stop: Stop, tenantId: string, importId: string): Promise<void> {
    await this.leaveAt(stop, tenantId, importId);
    await this.expire(tenantId, importId);
  }

  /** Does one step of the process that holds the lease, which is killed when it has written something. */
  async killIn(move: (step: steps.Step) => Promise<unknown>, lease: Lease): Promise<void> {
    await expect(move(await this.step(lease, dies))).rejects.toThrow(Killed);
  }

  private way(stop: Stop, lease: Lease): readonly (() => Promise<unknown>)[] {
    const by = (move: (step: steps.Step) => Promise<unknown>) => async () => move(await this.step(lease));
    const killedIn = (move: (step: steps.Step) => Promise<unknown>) => () => this.killIn(move, lease);
    const mapped = [by(steps.inspect), by(steps.map)];
    const checked = [...mapped, by(steps.beginCheck), by(steps.check)];
    const ways: Readonly<Record<Stop, readonly (() => Promise<unknown>)[]>> = {
      uploaded: [],
      inspected: mapped.slice(0, 1),
      mapped,
      checking: [...mapped, by(steps.beginCheck), killedIn(steps.check)],
      checked,
      committing: [...checked, by(steps.beginCommit), killedIn(steps.commit)],
      undoing: [killedIn(undo)],
    };
    return ways[stop];
  }
}

/** Looks again and again until it holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
