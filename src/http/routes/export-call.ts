/** A call that names an export: the one it means, and whether the caller may have it. */
import { z } from 'zod';
import { withTenant } from '../../database/with-tenant.ts';
import { type ExportEntry, loadExport } from '../../export/history.ts';
import { configuration } from '../../platform/config.ts';
import { assertMay } from '../access.ts';
import type { RouteLimits, TenantCall } from '../define-route.ts';

/** Calls that select records by their ids take larger bodies: as many ids as a filter may have. */
export const selectionLimits: RouteLimits = {
  get jsonBytesMax() {
    return configuration().limits.rowsJsonBytesMax;
  },
};

export const named = z.strictObject({ id: z.uuid() });
export type CallWithExport = TenantCall<{ readonly id: string }, unknown, unknown>;

/** @throws AppError `export.not_found`; `permission.missing` for a dataset that the caller may not export. */
export async function reachExport({
  services,
  tenant,
  caller,
  params,
}: CallWithExport): Promise<ExportEntry> {
  const entry = await withTenant(services.database, tenant.id, (tx) => loadExport(tx, params.id), {
    readOnly: true,
  });
  assertMay(caller, `${entry.dataset}:export`);
  return entry;
}

/** The same, to have its file or to let others have it: who may not read what is sensitive in it may do neither. */
export async function reachFile(call: CallWithExport): Promise<ExportEntry> {
  const entry = await reachExport(call);
  if (entry.isSensitive) assertMay(call.caller, `${entry.dataset}:read_sensitive`);
  return entry;
}
