/** Exports as a test sees them: the whole file in hand, and what the engine said of it. */
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Database } from '../../src/database/connect.ts';
import { withTenant } from '../../src/database/with-tenant.ts';
import type { Dataset } from '../../src/datasets/define-dataset.ts';
import { recordSql } from '../../src/datasets/query/record-sql.ts';
import type { ExportAsked } from '../../src/export/asked.ts';
import { type RunningExport, runExport } from '../../src/export/run-export.ts';
import { findTenant } from '../../src/tenants/tenants.ts';

/** What a test may say of an export; everything else as at the command line. */
export interface ExportOf extends Partial<Omit<ExportAsked, 'tenant' | 'dataset'>> {
  readonly dataset: Dataset;
}

export interface ExportedFile extends Omit<RunningExport, 'stream' | 'bytes'> {
  readonly file: Buffer;
  readonly text: string;
}

export async function beginExport(
  database: Database,
  tenantId: string,
  asked: ExportOf,
): Promise<RunningExport> {
  const tenant = await findTenant(database, tenantId);
  const defaults = { format: 'csv', permissions: 'everything', by: null, source: 'test' } as const;
  return runExport(database, { ...defaults, ...asked, tenant });
}

export async function exported(database: Database, tenantId: string, asked: ExportOf): Promise<ExportedFile> {
  const { stream, bytes: _, ...said } = await beginExport(database, tenantId, asked);
  const file = await bufferOf(stream);
  return { ...said, file, text: file.toString('utf8') };
}

export function bufferOf(stream: Readable): Promise<Buffer> {
  return buffer(stream);
}

/** Every importable field of every record, as the database has it: one text a record, in an order of their own. */
export async function importableFields(
  database: Database,
  tenantId: string,
  dataset: Dataset,
): Promise<string[]> {
  const record = recordSql(dataset, tenantId);
  const fields = dataset.importable.filter(
    (field) => field.exportable && field.importable !== 'match' && field.part !== 'derived',
  );
  const members = fields.map((field) => `jsonb_build_object('${field.key}', ${record.value(field.key)})`);
  return withTenant(database, tenantId, async (tx) => {
    await tx.query(`set local timezone = 'UTC'`);
    const { rows } = await tx.query<{ record: string }>(
      `select (${members.join(' || ')})::text as record from ${record.from()} where ${record.isThere()} order by 1`,
    );
    return rows.map((row) => row.record);
  });
}
