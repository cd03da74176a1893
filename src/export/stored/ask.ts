/** An export is asked for as a file: it stands in the history from now on, and a worker makes it. */
import { z } from 'zod';
import type { Database } from '../../database/connect.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import type { Asker } from '../../tenants/asker.ts';
import type { Permission } from '../../tenants/permissions.ts';
import type { Tenant } from '../../tenants/tenants.ts';
import type { ExportAsked } from '../asked.ts';
import { type ExportEntry, entryOf, insertEntry, loadExport } from '../history.ts';
import { withOwnFields } from '../own-fields.ts';
import { assertPossible, planExport } from '../snapshot.ts';
import { note } from '../trail.ts';
import { askedBy, type ExportWanted, wantedSchema } from '../wanted.ts';

/** What the worker needs, as the export's row keeps it. */
const keptSchema = z.strictObject({
  wanted: wantedSchema,
  /** Decided when it was asked for. */
  readsSensitive: z.boolean(),
  asker: z.strictObject({ kind: z.enum(['member', 'key']), id: z.uuid(), userId: z.uuid().nullable() }),
  source: z.string(),
});

export type KeptAsk = z.output<typeof keptSchema>;

/** @throws ZodError for what this program has not kept. */
export function readKept(kept: unknown): KeptAsk {
  return keptSchema.parse(kept);
}

export interface AskedForFile {
  readonly tenant: Tenant;
  readonly wanted: ExportWanted;
  readonly permissions: ReadonlySet<Permission>;
  readonly asker: Asker;
  readonly source: string;
}

/**
 * Wake the workers afterwards.
 *
 * @throws AppError `export.invalid`, `filter.invalid`, `permission.missing`; `export.busy` when too many wait already.
 */
export async function askForFile(database: Database, asking: AskedForFile): Promise<ExportEntry> {
  const { tenant, wanted, asker, permissions, source } = asking;
  const { kind, id, userId } = asker;
  const kept: KeptAsk = {
    wanted,
    readsSensitive: permissions.has(`${wanted.dataset}:read_sensitive`),
    asker: { kind, id, userId },
    source,
  };
  const plan = planExport(await withOwnFields(database, askedOf(tenant, kept)));
  assertPossible(plan);
  const entry = entryOf(plan);
  return withTenant(database, tenant.id, async (tx) => {
    await assertRoom(tx);
    await insertEntry(tx, entry, 'waiting');
    await tx.query(`update exports set made_as = 'file', asked = $3 where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      entry.id,
      toJsonb(kept),
    ]);
    const waiting = await loadExport(tx, entry.id);
    await note(tx, {
      action: 'export.ask',
      subjectId: entry.id,
      detail: { dataset: entry.dataset, format: entry.format, fields: entry.fields, source },
      actor: asker.id,
      at: waiting.createdAt,
    });
    return waiting;
  });
}

/** What was kept, as an export takes it: with the permission that was decided, and no other. */
export function askedOf(tenant: Tenant, { wanted, readsSensitive, asker, source }: KeptAsk): ExportAsked {
  const permissions: readonly Permission[] = readsSensitive ? [`${wanted.dataset}:read_sensitive`] : [];
  return {
    ...askedBy(wanted),
    tenant,
    permissions: new Set(permissions),
    by: asker.id,
    source,
  };
}

async function assertRoom(tx: TenantTransaction): Promise<void> {
  const { tenantExportsWaitingMax } = configuration().limits;
  const { rows } = await tx.query<{ waiting: number }>(
    `select count(*)::int as waiting from exports where tenant_id = $1 and made_as = 'file' and state = 'waiting'`,
    [tx.tenantId],
  );
  if ((rows[0]?.waiting ?? 0) < tenantExportsWaitingMax) return;
  throw new AppError(
    'export.busy',
    `${tenantExportsWaitingMax} exports wait already: ask again when some of them are done.`,
    { retryAfterSeconds: 30 },
  );
}
