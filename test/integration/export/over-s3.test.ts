/** Exports whose files lie in a bucket, where servers and workers have no folder in common. */
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { dataset } from '../../../src/datasets/registry.ts';
import { download } from '../../../src/export/downloads.ts';
import { loadExport } from '../../../src/export/history.ts';
import { askForFile } from '../../../src/export/stored/ask.ts';
import { storeExport } from '../../../src/export/stored-export.ts';
import { removeOldFiles } from '../../../src/export/sweep.ts';
import { wantedSchema } from '../../../src/export/wanted.ts';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { createKey } from '../../../src/tenants/keys.ts';
import { permissions } from '../../../src/tenants/permissions.ts';
import { findTenant } from '../../../src/tenants/tenants.ts';
import { useImports } from '../../support/import.ts';
import { runProgram } from '../../support/program.ts';
import { useS3 } from '../../support/s3.ts';

process.env.CLIENTELE_LOG = 'silent';
const s3 = await useS3();
const given = useImports();

const taker = { by: null, linkId: null };
const file = 'email\r\na@example.com\r\n';

async function filledTenant() {
  const id = await given.tenant();
  await given.import(id, 'email,first_name\na@example.com,Ann\n');
  return findTenant(given.database, id);
}

test('a file that a worker with another data folder has made is taken here, whole and in part', async () => {
  const tenant = await filledTenant();
  const { key } = await createKey(given.database, tenant.id, { name: 'test', permissions }, null);
  const { id } = await askForFile(given.database, {
    tenant,
    wanted: wantedSchema.parse({ dataset: 'customers', columns: ['email'], profile: 'data' }),
    permissions: new Set(permissions),
    asker: { kind: 'key', id: key.id, userId: null },
    source: 'test',
  });
  const environment = {
    ...given.environment,
    ...s3.environment,
    CLIENTELE_DATA: join(given.folder, 'elsewhere'),
  };
  const { output } = await runProgram(['work', '--until-idle'], { environment });
  // The file of customers was brought to its end where it was taken in.
  expect(output).toBe('Brought 1 run to an end.\n');
  const entry = await given.within(tenant.id, (tx) => loadExport(tx, id));
  expect(entry).toMatchObject({ state: 'done', records: 1, bytes: file.length });
  const take = async (range?: { first: number; last: number }) =>
    (await buffer(await download(given.database, fileStore(), entry, taker, range))).toString();
  expect(await take()).toBe(file);
  expect(await take({ first: 5, last: 8 })).toBe(file.slice(5, 9));
});

test('a file that is not in the bucket any more is gone; one whose time is over is removed from it', async () => {
  const tenant = await filledTenant();
  const before = s3.files();
  const { id, fileKey } = await storeExport(given.database, fileStore(), {
    tenant,
    dataset: dataset('customers'),
    format: 'csv',
    permissions: 'everything',
    by: null,
    source: 'test',
  });
  expect(s3.files().length).toBeGreaterThan(before.length);
  await given.rows(tenant.id, 'update exports set expires_at = now() where id = $1', [id]);
  await removeOldFiles(given.database, fileStore());
  expect(s3.files()).toEqual(before);
  expect(await fileStore().exists(fileKey)).toBe(false);
  await given.rows(
    tenant.id,
    `update exports set expires_at = now() + interval '1 day', file_removed_at = null where id = $1`,
    [id],
  );
  const entry = await given.within(tenant.id, (tx) => loadExport(tx, id));
  await expect(download(given.database, fileStore(), entry, taker)).rejects.toMatchObject({
    code: 'export.gone',
  });
});
