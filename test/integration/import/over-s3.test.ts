/** Imports whose files lie in a bucket. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { useImports } from '../../support/import.ts';
import { runProgram } from '../../support/program.ts';
import { useS3 } from '../../support/s3.ts';

process.env.CLIENTELE_LOG = 'silent';
const s3 = await useS3();
const given = useImports({ chunkRows: 100 });

const content = `email,first_name\n${Array.from({ length: 500 }, (_, i) => `${i % 100 === 7 ? 'wrong' : `c${i}@example.com`},Name\n`).join('')}`;

const copies = (): Promise<string[]> => readdir(join(given.folder, 'cache'));

describe('an import whose file lies in a bucket', () => {
  test('ends as any other, keeps no copy here, and gives back the rows that failed', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, content);
    expect(run).toMatchObject({ state: 'done', created: 495, failed: 5 });
    expect(await copies()).toEqual([]);
    const rejects = (await given.rejects(run)).trimEnd().split('\n');
    expect(rejects).toHaveLength(6);
    expect(rejects[1]).toMatch(/^8,email,/);
  });

  test('goes on when the copy is lost in the middle', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, content);
    const run = await given.within(tenant, (tx) =>
      tx.query<{ source: string }>('select source from imports where id = $1', [importId]),
    );
    await rm(await fileStore().localPath(run.rows[0]?.source ?? ''));
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', created: 495 });
  });

  test('is left, and not failed, while the bucket cannot be reached', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, content);
    await s3.end();
    await expect(given.drive(tenant, importId)).rejects.toMatchObject({ code: 'file.store_unreachable' });
    await s3.begin();
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', created: 495 });
  });

  test('is brought to its end by a worker with another data folder', async () => {
    const tenant = await given.tenant();
    const importId = await given.take(tenant, content);
    const elsewhere = join(given.folder, 'elsewhere');
    const environment = { ...given.environment, ...s3.environment, CLIENTELE_DATA: elsewhere };
    const { code, output, errors } = await runProgram(['work', '--until-idle'], { environment });
    expect({ code, output, errors }).toEqual({
      code: 0,
      output: 'Brought 1 run to an end.\n',
      errors: '',
    });
    expect(await given.drive(tenant, importId)).toMatchObject({ state: 'done', created: 495, failed: 5 });
    expect(await readdir(join(elsewhere, 'cache'))).toEqual([]);
  });
});
