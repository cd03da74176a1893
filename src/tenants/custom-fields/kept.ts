/** Definitions of a tenant's own fields as the database keeps them. */
import { codeOf } from '../../database/failures.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { CustomLimits, CustomType } from '../../datasets/custom/custom-field.ts';
import type { Definition } from '../../datasets/custom/new-custom-field.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';

export interface KeptField extends Definition {
  readonly id: string;
  readonly dataset: string;
  readonly revision: number;
  /** Of the rows by which an index finds its values: none, being made, all there, being removed. */
  readonly indexState: 'none' | 'filling' | 'ready' | 'emptying';
  /** As PostgreSQL writes a timestamptz; null while the field is there. */
  readonly deletedAt: string | null;
  /** Its values are on their way out, and it goes with the last of them. */
  readonly removing: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface FieldRow {
  id: string;
  dataset: string;
  key: string;
  label: string;
  type: CustomType;
  limits: CustomLimits;
  aliases: string[];
  sensitive: boolean;
  filterable: boolean;
  position: number;
  revision: number;
  index_state: KeptField['indexState'];
  deleted_at: string | null;
  removing: boolean;
  created_at: string;
  updated_at: string;
}

function keptOf({ index_state, deleted_at, created_at, updated_at, ...row }: FieldRow): KeptField {
  return {
    ...row,
    indexState: index_state,
    deletedAt: deleted_at,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

const columns = `id, dataset, key, label, type, limits, aliases, sensitive, filterable, position, revision, index_state,
  deleted_at, removing, created_at, updated_at`;

/** @returns those of one dataset, or of all, in the order in which they are shown; deleted ones when asked for. */
export async function listCustomFields(
  tx: TenantTransaction,
  { dataset, deleted = false }: { readonly dataset?: string | undefined; readonly deleted?: boolean } = {},
): Promise<readonly KeptField[]> {
  const { rows } = await tx.query<FieldRow>(
    `select ${columns} from custom_fields
     where tenant_id = $1 and ($2::text is null or dataset = $2) and ($3 or deleted_at is null)
     order by dataset, position, created_at, id`,
    [tx.tenantId, dataset ?? null, deleted],
  );
  return rows.map(keptOf);
}

/** @throws AppError `custom_field.not_found` */
export async function findCustomField(tx: TenantTransaction, id: string): Promise<KeptField> {
  return the(
    await tx.query<FieldRow>(`select ${columns} from custom_fields where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      id,
    ]),
    id,
  );
}

/**
 * Holds the definition until the transaction ends.
 *
 * @param against `writers`: those who write values of it are waited for, and wait. `changes`: of the definition only.
 * @throws AppError `custom_field.not_found`; `custom_field.in_use` when a long transaction writes values.
 */
export async function lockCustomField(
  tx: TenantTransaction,
  id: string,
  against: 'writers' | 'changes',
): Promise<KeptField> {
  const seconds = configuration().limits.batchWaitSecondsMax;
  await tx.query(`set local lock_timeout = '${seconds}s'`);
  const found = await tx
    .query<FieldRow>(
      `select ${columns} from custom_fields where tenant_id = $1 and id = $2 for ${against === 'writers' ? 'update' : 'no key update'}`,
      [tx.tenantId, id],
    )
    .catch((error: unknown) => {
      throw codeOf(error) === lockNotAvailable ? inUse(error) : error;
    });
  return the(found, id);
}

const lockNotAvailable = '55P03';

function inUse(cause: unknown): AppError {
  const message = 'An import is writing the custom field; try again when it has ended.';
  return new AppError('custom_field.in_use', message, {}, { cause });
}

function the({ rows }: { readonly rows: readonly FieldRow[] }, id: string): KeptField {
  if (rows[0] === undefined) throw new AppError('custom_field.not_found', `There is no custom field ${id}.`);
  return keptOf(rows[0]);
}

/** Says that definitions change. Of two who change some at once, the second waits here for the first. */
export async function beginChange(tx: TenantTransaction): Promise<void> {
  await tx.query('update tenants set custom_fields_version = $2 where id = $1', [tx.tenantId, newId()]);
}

/** Says that something is left to do in the background. */
export async function leaveUnsettled(tx: TenantTransaction): Promise<void> {
  await tx.query('update tenants set custom_fields_unsettled = true where id = $1', [tx.tenantId]);
}
