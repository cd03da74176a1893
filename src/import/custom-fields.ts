/**
 * The tenant's own fields within a run. It maps them by the definitions of that moment, keeps those it maps, and goes
 * by what it kept until it has ended: a definition that is deleted, or means something else, before the run begins to
 * write makes it fail, and from then on nobody can change it.
 */
import { toJsonb } from '../database/jsonb.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { type CustomField, definitionsOf, withCustomFields } from '../datasets/custom/custom-field.ts';
import { customFieldJson, datasetWithin } from '../datasets/custom/tenant-dataset.ts';
import { holdIndexed, reindex } from '../datasets/custom/value-index.ts';
import type { Dataset } from '../datasets/define-dataset.ts';
import { dataset } from '../datasets/registry.ts';
import { AppError } from '../platform/errors.ts';
import { insertCustomField, type NotedChange } from '../tenants/custom-fields/define.ts';
import { listCustomFields } from '../tenants/custom-fields/kept.ts';
import { type Mapping, mappedFields, validateMapping } from './mapping/mapping.ts';
import type { ImportRun, NewFieldOption, RunOptions } from './run.ts';

/** The dataset by which the run's columns are mapped: with the tenant's own fields as they are now. */
export function datasetToMap(tx: TenantTransaction, run: ImportRun): Promise<Dataset> {
  const plain = dataset(run.dataset.key);
  return run.options.withoutCustomFields === true ? Promise.resolve(plain) : datasetWithin(tx, plain);
}

/**
 * Keeps a mapping with the run, and the fields of the tenant's own that it names, that the run requires, or that a
 * column of the file is called by.
 */
export async function keepMapping(
  tx: TenantTransaction,
  run: ImportRun,
  mapping: Mapping,
  mappedBy: Dataset,
): Promise<void> {
  const columns = run.inspection?.columns.map(({ name }) => name) ?? [];
  const named = new Set([...mappedFields(mapping), ...(run.options.require ?? []), ...columns]);
  const own = definitionsOf(mappedBy, named);
  await tx.query('update imports set mapping = $3, custom_fields = $4 where tenant_id = $1 and id = $2', [
    tx.tenantId,
    run.id,
    toJsonb(mapping),
    own.length === 0 ? null : JSON.stringify(own),
  ]);
}

/** Those of the run's fields that it goes by; a column that is left out may be called like another. */
export function customFieldsUsed({ customFields, mapping, options }: ImportRun): readonly CustomField[] {
  const used = new Set([...(mapping === null ? [] : mappedFields(mapping)), ...(options.require ?? [])]);
  return customFields.filter(({ key }) => used.has(key));
}

/**
 * Before the check: the fields as they are now.
 * @throws AppError `custom_field.changed` for one that is gone; `mapping.invalid` where it can no more be mapped so.
 */
export async function renewCustomFields(tx: TenantTransaction, run: ImportRun): Promise<void> {
  if (run.customFields.length === 0 || run.mapping === null) return;
  const current = await datasetToMap(tx, run);
  const gone = customFieldsUsed(run).find(
    ({ id, key }) => !current.has(key) || current.field(key).custom?.id !== id,
  );
  if (gone !== undefined) throw changed(gone.key, 'was deleted since the columns were mapped');
  validateMapping(run.mapping, current, run.inspection?.columns.map(({ name }) => name) ?? []);
  await keepMapping(tx, run, run.mapping, current);
}

/**
 * Holds the definitions that a run goes by until the transaction ends, so that they stay what they are.
 * @throws AppError `custom_field.changed` when one is not what it was when the run was checked.
 */
export async function holdCustomFields(tx: TenantTransaction, own: readonly CustomField[]): Promise<void> {
  if (own.length === 0) return;
  const { rows } = await tx.query<{ id: string; revision: number }>(
    'select id, revision from custom_fields where tenant_id = $1 and id = any ($2) and deleted_at is null order by id for key share',
    [tx.tenantId, own.map(({ id }) => id)],
  );
  const held = new Map(rows.map(({ id, revision }) => [id, revision]));
  for (const { id, key, revision } of own) {
    if (!held.has(id)) throw changed(key, 'was deleted since the rows were checked');
    if (held.get(id) !== revision) throw changed(key, 'was changed since the rows were checked');
  }
}

function changed(key: string, what: string): AppError {
  return new AppError(
    'custom_field.changed',
    `The custom field ${key} ${what}: import again. Nothing was written.`,
    {
      field: key,
    },
  );
}

/** After a chunk was written: by what an index finds its records. In the chunk's own transaction. */
export async function indexChunk(tx: TenantTransaction, run: ImportRun, chunk: number): Promise<void> {
  const ids = run.customFields.map(({ id }) => id);
  if (ids.length === 0) return;
  await reindex(tx, run.dataset, await holdIndexed(tx, run.dataset, ids), {
    sql: `select distinct p.record_id as id from import_plan p
      where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome in ('create', 'update')`,
    values: [run.id, chunk],
  });
}

/**
 * The run as its undo sees it: with the fields that it wrote as they are now, hidden ones among them, and those marked
 * that are not the same any more. Held until the transaction ends.
 */
export async function runToUndo(tx: TenantTransaction, run: ImportRun): Promise<ImportRun> {
  const { customFields } = run;
  if (customFields.length === 0) return run;
  const { rows } = await tx.query<{ field: CustomField }>(
    `select ${customFieldJson} as field from custom_fields f
     where f.tenant_id = $1 and f.dataset = $2 and f.key = any ($3) and not f.removing order by f.id for key share`,
    [tx.tenantId, run.dataset.key, customFields.map(({ key }) => key)],
  );
  const current = new Map(rows.map(({ field }) => [field.key, field]));
  const fields = customFields.map((kept): CustomField => {
    const now = current.get(kept.key) ?? kept;
    const isSame = current.has(kept.key) && now.id === kept.id && now.type === kept.type;
    return isSame ? now : { ...now, isFrozen: true };
  });
  return { ...run, dataset: withCustomFields(dataset(run.dataset.key), fields) };
}

/** After a chunk was undone. A record that is gone has no rows any more. */
export async function indexUndone(
  tx: TenantTransaction,
  run: ImportRun,
  { phase, chunk }: { readonly phase: 'commit' | 'references'; readonly chunk: number },
): Promise<void> {
  const ids = run.customFields.map(({ id }) => id);
  if (ids.length === 0) return;
  await reindex(tx, run.dataset, await holdIndexed(tx, run.dataset, ids), {
    sql: `select h.record_id as id from changes h
        where h.tenant_id = $1 and h.import_id = $2 and h.phase = $4 and h.chunk = $3
      union select p.record_id from import_plan p
        where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create'`,
    values: [run.id, chunk, phase],
  });
}

/**
 * Makes the fields that were asked for along with the mapping. One that is there already, of the same type, is taken
 * for the one that is wanted.
 *
 * @returns what the audit trail is to say, in the end of the transaction.
 * @throws AppError `custom_field.invalid`, `custom_field.exists`; `mapping.invalid` for a run that knows none.
 */
export async function makeNewFields(
  tx: TenantTransaction,
  run: ImportRun,
  wanted: readonly NewFieldOption[],
  by: string | null,
): Promise<readonly NotedChange[]> {
  if (wanted.length === 0) return [];
  const there = await listCustomFields(tx, { dataset: run.dataset.key });
  const made: NotedChange[] = [];
  for (const { field } of wanted) {
    if (there.some(({ key, type }) => key === field.key && type === field.type)) continue;
    made.push({
      action: 'custom_field.create',
      field: await insertCustomField(tx, run.dataset.key, field, by),
      by,
    });
  }
  return made;
}

/** The columns and the fields that are made for them, as a mapping says it. */
export function mapToNewFields({ newFields = [] }: RunOptions): readonly { column: string; field: string }[] {
  return newFields.map(({ column, field }) => ({ column, field: field.key }));
}
