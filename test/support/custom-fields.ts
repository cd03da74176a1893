/** Fields of a tenant's own, as a test defines them. */
import { customTypes } from '../../src/datasets/custom/custom-field.ts';
import type { NewCustomField } from '../../src/datasets/custom/new-custom-field.ts';
import { tenantDataset } from '../../src/datasets/custom/tenant-dataset.ts';
import type { Dataset } from '../../src/datasets/define-dataset.ts';
import { dataset } from '../../src/datasets/registry.ts';
import { defineCustomField } from '../../src/tenants/custom-fields/define.ts';
import type { KeptField } from '../../src/tenants/custom-fields/kept.ts';
import type { TestDatabase } from './database.ts';

/** Of customers unless said. */
export function define(
  { database }: TestDatabase,
  tenantId: string,
  { dataset: of = 'customers', ...field }: NewCustomField & { readonly dataset?: string },
): Promise<KeptField> {
  return defineCustomField(database, tenantId, { dataset: of, ...field }, null);
}

/** A field of each type there is, named after it. */
export const oneOfEachType: readonly NewCustomField[] = customTypes.map((type) => ({
  key: `own_${type}`,
  label: `Own ${type}`,
  type,
  ...(type === 'enum' ? { values: ['red', { key: 'dark_blue', label: 'Dark, "blue"' }, '=green'] } : {}),
}));

export function asTenantHasIt({ database }: TestDatabase, tenantId: string, of: string): Promise<Dataset> {
  return tenantDataset(database, tenantId, dataset(of));
}
