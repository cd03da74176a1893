/**
 * Exports of the API, of templates and of the command line know the tenant's own fields. Those of the older systems'
 * calls do not, so that their files stay what they are.
 */
import type { Database } from '../database/connect.ts';
import { tenantDataset } from '../datasets/custom/tenant-dataset.ts';
import type { ExportAsked } from './asked.ts';

/** The same, of the dataset as the tenant has it by now. */
export async function withOwnFields<Asked extends Pick<ExportAsked, 'tenant' | 'dataset'>>(
  database: Database,
  asked: Asked,
): Promise<Asked> {
  return { ...asked, dataset: await tenantDataset(database, asked.tenant.id, asked.dataset) };
}
