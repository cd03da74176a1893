/**
 * A tenant defines fields of its own, changes them, and lets them go. Each change is a transaction that gives the tenant
 * another version of its definitions, by which every process sees it (datasets/custom/tenant-dataset.ts), and stands
 * in the audit trail. What a change means for a million records is done afterwards, in settle.ts.
 */
import { appendAudit } from '../../audit/append.ts';
import type { Database } from '../../database/connect.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import {
  type CustomFieldPatch,
  changedDefinition,
  type Definition,
  type NewCustomField,
  newDefinition,
} from '../../datasets/custom/new-custom-field.ts';
import { dataset } from '../../datasets/registry.ts';
import { now } from '../../platform/clock.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import {
  beginChange,
  findCustomField,
  type KeptField,
  leaveUnsettled,
  listCustomFields,
  lockCustomField,
} from './kept.ts';
import { rereadValues } from './reread.ts';

/**
 * @param of key of the dataset. @param by who does it; null at the command line.
 * @throws AppError `custom_field.invalid`, `custom_field.exists`
 */
export function defineCustomField(
  database: Database,
  tenantId: string,
  { dataset: of, ...wanted }: NewCustomField & { readonly dataset: string },
  by: string | null,
): Promise<KeptField> {
  return withTenant(database, tenantId, async (tx) => {
    const field = await insertCustomField(tx, of, wanted, by);
    await noteChange(tx, { action: 'custom_field.create', field, by });
    return field;
  });
}

/** Within a transaction that goes on; `noteChange` is to be its last statement but for others of that kind. */
export async function insertCustomField(
  tx: TenantTransaction,
  of: string,
  wanted: NewCustomField,
  by: string | null,
): Promise<KeptField> {
  await beginChange(tx);
  const others = await listCustomFields(tx, { dataset: of, deleted: true });
  assertFree(others, wanted.key);
  const definition = newDefinition(dataset(of), others, wanted);
  const id = newId();
  await tx.query(
    `insert into custom_fields (tenant_id, id, dataset, key, label, type, limits, aliases, sensitive, filterable, position,
       revision, index_state, created_at, created_by, updated_at, updated_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14, $13, $14)`,
    [
      tx.tenantId,
      id,
      of,
      definition.key,
      ...columnsOf(definition),
      // There is no value yet that would have to be brought in.
      definition.filterable ? 'ready' : 'none',
      now(),
      by,
    ],
  );
  return findCustomField(tx, id);
}

function columnsOf({ label, type, limits, aliases, sensitive, filterable, position }: Definition): unknown[] {
  return [label, type, JSON.stringify(limits), aliases, sensitive, filterable, position];
}

function assertFree(others: readonly KeptField[], key: string): void {
  const { customFieldsMax } = configuration().limits;
  if (others.length >= customFieldsMax)
    throw new AppError(
      'custom_field.invalid',
      `A dataset has at most ${customFieldsMax} fields of your own.`,
    );
  const same = others.find((other) => other.key === key);
  if (same === undefined) return;
  const state = same.removing ? 'is being removed with its values' : 'is deleted, and can be restored';
  throw new AppError(
    'custom_field.exists',
    `There is a custom field ${key} already${same.deletedAt === null ? '' : `: it ${state}`}.`,
    { field: same.id },
  );
}

/**
 * Changes what is given. Another type, or other limits, are taken only where every value there is can be read as what
 * it is to be; the values are then kept as the new type has them.
 *
 * @throws AppError `custom_field.not_found`; `custom_field.invalid` also for values that cannot be read;
 *   `custom_field.in_use` while an import writes the field.
 */
export function changeCustomField(
  database: Database,
  tenantId: string,
  id: string,
  patch: CustomFieldPatch,
  by: string | null,
): Promise<KeptField> {
  return withTenant(database, tenantId, async (tx) => {
    const before = await lockCustomField(tx, id, meansOther(patch) ? 'writers' : 'changes');
    assertThere(before);
    await beginChange(tx);
    const others = await listCustomFields(tx, { dataset: before.dataset, deleted: true });
    const after = changedDefinition(
      dataset(before.dataset),
      others.filter((other) => other.id !== id),
      before,
      patch,
    );
    const isOther =
      after.type !== before.type || JSON.stringify(after.limits) !== JSON.stringify(before.limits);
    if (isOther) await assertUnused(tx, before);
    if (isOther) await rereadValues(tx, before, after);
    const indexState = indexStateAfter(before, after, isOther);
    await writeField(tx, before, after, { isOther, indexState, by });
    if (after.sensitive !== before.sensitive) await tellRuns(tx, before, after.sensitive);
    if (indexState !== before.indexState) await leaveUnsettled(tx);
    const field = await findCustomField(tx, id);
    await noteChange(tx, { action: 'custom_field.change', field, by });
    return field;
  });
}

/** Whether the change may concern those who write values just now. */
function meansOther({ type, max, range, values, filterable }: CustomFieldPatch): boolean {
  return [type, max, range, values, filterable].some((said) => said !== undefined);
}

function indexStateAfter(before: KeptField, after: Definition, isOther: boolean): KeptField['indexState'] {
  const { indexState } = before;
  const has = indexState === 'filling' || indexState === 'ready';
  if (!after.filterable) return has ? 'emptying' : indexState;
  return has && !isOther ? indexState : 'filling';
}

interface Written {
  readonly isOther: boolean;
  readonly indexState: KeptField['indexState'];
  readonly by: string | null;
}

async function writeField(
  tx: TenantTransaction,
  before: KeptField,
  after: Definition,
  { isOther, indexState, by }: Written,
): Promise<void> {
  await tx.query(
    `update custom_fields set label = $3, type = $4, limits = $5, aliases = $6, sensitive = $7, filterable = $8, position = $9,
       revision = revision + $10::int, index_state = $11, settled_up_to = case when $12 then null else settled_up_to end,
       updated_at = $13, updated_by = $14
     where tenant_id = $1 and id = $2`,
    [
      tx.tenantId,
      before.id,
      ...columnsOf(after),
      isOther ? 1 : 0,
      indexState,
      isOther || indexState !== before.indexState,
      now(),
      by,
    ],
  );
}

/** What a run says of the values it brought is shown by what the run knows of the field. */
async function tellRuns(
  tx: TenantTransaction,
  { id, dataset: of }: KeptField,
  sensitive: boolean,
): Promise<void> {
  await tx.query(
    `update imports i set custom_fields = (select jsonb_agg(case when f ->> 'id' = $3 then f || $4::jsonb else f end)
       from jsonb_array_elements(i.custom_fields) f)
     where i.tenant_id = $1 and i.dataset = $2 and i.custom_fields @> jsonb_build_array(jsonb_build_object('id', $3::text))`,
    [tx.tenantId, of, id, JSON.stringify({ sensitive })],
  );
}

/**
 * Lets a field go. Its values are hidden with it and come back with it; with `removeValues` they go too, a bounded
 * number at a time in the background, and then nothing brings them back. The history of the records keeps what it says.
 *
 * @throws AppError `custom_field.not_found`; `custom_field.in_use` while an import writes the field.
 */
export function deleteCustomField(
  database: Database,
  tenantId: string,
  id: string,
  { by, removeValues }: { readonly by: string | null; readonly removeValues: boolean },
): Promise<KeptField> {
  return withTenant(database, tenantId, async (tx) => {
    const before = await lockCustomField(tx, id, 'writers');
    if (!removeValues || before.removing) assertThere(before);
    await assertUnused(tx, before);
    await beginChange(tx);
    await tx.query(
      `update custom_fields set deleted_at = coalesce(deleted_at, $3), removing = $4, updated_at = $3, updated_by = $5,
         index_state = case when $4 and index_state <> 'none' then 'emptying' else index_state end,
         settled_up_to = case when $4 then null else settled_up_to end
       where tenant_id = $1 and id = $2`,
      [tx.tenantId, id, now(), removeValues, by],
    );
    if (removeValues) await leaveUnsettled(tx);
    const field = await findCustomField(tx, id);
    await noteChange(tx, { action: removeValues ? 'custom_field.remove' : 'custom_field.delete', field, by });
    return field;
  });
}

/** @throws AppError `custom_field.not_found`, also when its values are on their way out. */
export function restoreCustomField(
  database: Database,
  tenantId: string,
  id: string,
  by: string | null,
): Promise<KeptField> {
  return withTenant(database, tenantId, async (tx) => {
    const before = await lockCustomField(tx, id, 'changes');
    if (before.removing) throw gone(before);
    if (before.deletedAt === null) return before;
    await beginChange(tx);
    await tx.query(
      'update custom_fields set deleted_at = null, updated_at = $3, updated_by = $4 where tenant_id = $1 and id = $2',
      [tx.tenantId, id, now(), by],
    );
    const field = await findCustomField(tx, id);
    await noteChange(tx, { action: 'custom_field.restore', field, by });
    return field;
  });
}

function assertThere(field: KeptField): void {
  if (field.deletedAt !== null) throw gone(field);
}

function gone({ key, removing }: KeptField): AppError {
  const state = removing ? 'is being removed with its values' : 'is deleted; restore it first';
  return new AppError('custom_field.not_found', `The custom field ${key} ${state}.`);
}

/** A commit holds the definition where it begins, so that no run begins to write the field after this was asked. */
async function assertUnused(tx: TenantTransaction, { id, key, dataset: of }: KeptField): Promise<void> {
  const { rows } = await tx.query<{ id: string }>(
    `select i.id from imports i where i.tenant_id = $1 and i.dataset = $2 and i.state in ('committing', 'cancelling')
       and i.custom_fields @> jsonb_build_array(jsonb_build_object('id', $3::text)) limit 1`,
    [tx.tenantId, of, id],
  );
  const [run] = rows;
  if (run === undefined) return;
  throw new AppError(
    'custom_field.in_use',
    `The import ${run.id} is writing the custom field ${key}; wait for its end.`,
    {
      import: run.id,
    },
  );
}

export interface NotedChange {
  readonly action: `custom_field.${'create' | 'change' | 'delete' | 'remove' | 'restore'}`;
  readonly field: KeptField;
  readonly by: string | null;
}

/** In the audit trail, which has its place at the end of a transaction. */
export async function noteChange(tx: TenantTransaction, { action, field, by }: NotedChange): Promise<void> {
  const { dataset: of, key, type, sensitive, filterable, revision } = field;
  await appendAudit(tx, {
    action,
    subjectType: 'custom_field',
    subjectId: field.id,
    detail: { dataset: of, key, type, sensitive, filterable, revision },
    digest: null,
    actor: by,
    at: now(),
  });
}
