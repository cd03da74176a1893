/** A call that names an import: the run it means, and the answers that show it. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import type { Asked } from '../../import/review.ts';
import { type ImportRun, loadRun } from '../../import/run.ts';
import { assertMay } from '../access.ts';
import type { TenantCall } from '../define-route.ts';
import { importDocument } from './import-schemas.ts';

export const named = z.strictObject({ id: z.uuid() });
export type CallWithRun = TenantCall<{ readonly id: string }, unknown, unknown>;

/** @throws AppError `import.not_found`; `permission.missing` for a dataset that the caller may not import. */
export async function reachRun({ services, tenant, caller, params }: CallWithRun): Promise<ImportRun> {
  const run = await withTenant(services.database, tenant.id, (tx) => loadRun(tx, params.id));
  assertMay(caller, `${run.dataset.key}:import`);
  return run;
}

export function askedOf({ caller }: CallWithRun, run: ImportRun): Asked {
  return { tenantId: run.tenantId, importId: run.id, by: caller.id };
}

export function answerRun({ caller }: CallWithRun, run: ImportRun) {
  return { status: 200 as const, body: importDocument(run, caller) };
}

/** What was asked for goes on behind the answer. */
export async function accepted({ services, caller }: CallWithRun, run: ImportRun) {
  await services.wake({ tenantId: run.tenantId, importId: run.id });
  return { status: 202 as const, body: importDocument(run, caller) };
}
