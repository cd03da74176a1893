/**
 * A dataset as a tenant has it: with the fields that the tenant has defined. The definitions are kept in memory under
 * the version that the database says; every change of one gives the tenant another version, so that all processes see
 * it with their next call. A tenant without any costs one look at its version.
 */
import type { Database } from '../../database/connect.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import type { Dataset } from '../define-dataset.ts';
import { type CustomField, withCustomFields } from './custom-field.ts';

interface Known {
  readonly version: string;
  readonly fields: readonly CustomField[];
  /** Those that were asked for, by key. */
  readonly datasets: Map<string, Dataset>;
}

/** By tenant, the one asked for longest ago first. */
const known = new Map<string, Known>();
const tenantsMax = 1000;

/** SQL of a definition's row `f` as a `CustomField`. */
export const customFieldJson = `jsonb_build_object('id', f.id, 'dataset', f.dataset, 'key', f.key, 'label', f.label, 'type', f.type,
  'limits', f.limits, 'aliases', to_jsonb(f.aliases), 'sensitive', f.sensitive, 'revision', f.revision, 'isIndexed', f.index_state = 'ready')`;

/** Within a transaction of the tenant; sees what it has written itself. */
export async function datasetWithin(tx: TenantTransaction, dataset: Dataset): Promise<Dataset> {
  const before = known.get(tx.tenantId);
  const { rows } = await tx.query<{ version: string | null; fields: readonly CustomField[] | null }>(
    `select t.custom_fields_version as version, case when t.custom_fields_version is distinct from $2 then
         (select coalesce(jsonb_agg(${customFieldJson} order by f.position, f.created_at, f.id), '[]')
          from custom_fields f where f.tenant_id = t.id and f.deleted_at is null) end as fields
     from tenants t where t.id = $1`,
    [tx.tenantId, before?.version ?? null],
  );
  const [found] = rows;
  if (found === undefined || found.version === null) return dataset;
  const { version, fields } = found;
  const current = fields === null ? before : { version, fields, datasets: new Map() };
  return current === undefined ? dataset : datasetOf(tx.tenantId, current, dataset);
}

/** Not to be called within a transaction of a tenant. */
export async function tenantDataset(
  database: Database,
  tenantId: string,
  dataset: Dataset,
): Promise<Dataset> {
  const { rows } = await database.app.query<{ version: string | null }>(
    'select custom_fields_version as version from tenants where id = $1',
    [tenantId],
  );
  const version = rows[0]?.version ?? null;
  if (version === null) return dataset;
  const current = known.get(tenantId);
  if (current?.version === version) return datasetOf(tenantId, current, dataset);
  return withTenant(database, tenantId, (tx) => datasetWithin(tx, dataset), { readOnly: true });
}

function datasetOf(tenantId: string, current: Known, dataset: Dataset): Dataset {
  known.delete(tenantId);
  known.set(tenantId, current);
  const [oldest] = known.keys();
  if (known.size > tenantsMax && oldest !== undefined) known.delete(oldest);
  const made = current.datasets.get(dataset.key) ?? withCustomFields(dataset, current.fields);
  current.datasets.set(dataset.key, made);
  return made;
}
