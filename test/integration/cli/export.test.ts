import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';
import { runProgram } from '../../support/program.ts';

const given = useImports();
let folder: string;
let tenant: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-export-'));
  const id = await given.tenant();
  tenant = id;
  await given.import(id, 'email,first_name,segment\na@example.com,=Ann,vip\nb@example.com,Bob,new\n');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(...args: string[]) {
  const environment = { ...given.environment, CLIENTELE_DATA: join(folder, 'data') };
  return runProgram(['export', ...args], { environment, folder });
}

describe('clientele export', () => {
  test('writes the file to standard output, and what it did to standard error', async () => {
    const args = ['--columns', 'email,first_name=Name', '--sort', 'email:desc', '--bom', 'no'];
    const { code, output, errors } = await run('customers', '--tenant', tenant, ...args);
    expect([code, output]).toEqual([0, `Email,Name\r\nb@example.com,Bob\r\na@example.com,'=Ann\r\n`]);
    expect(errors).toMatch(/^2 customers, 52 bytes, \d+\.\d s\n$/);
  });

  test('filters, and writes a compressed file that is there only when it is whole', async () => {
    const filter = JSON.stringify({ where: { field: 'segment', operator: 'is', value: 'vip' } });
    const file = join(folder, 'vip.json.gz');
    const { code, output } = await run(
      'customers',
      '--tenant',
      tenant,
      '--columns',
      'email',
      '--format',
      'json',
      '--filter',
      filter,
      '--gzip',
      '-o',
      file,
    );
    expect([code, output]).toEqual([0, '']);
    expect(JSON.parse(gunzipSync(await readFile(file)).toString())).toEqual([{ email: 'a@example.com' }]);
    expect((await readdir(folder)).filter((name) => name.includes('part'))).toEqual([]);
  });

  test.each([
    [['shoes', '--tenant', 'x'], /no dataset "shoes"/],
    [['customers'], /--tenant/],
    [['customers', '--tenant', 'x', '--format', 'xml'], /--format takes csv, json, ndjson, xlsx or parquet/],
    [['customers', '--tenant', 'x', '--filter', '{'], /--filter is no JSON/],
    [['customers', '--tenant', 'x', '--filter', '{"were":{}}'], /--filter: .*were/],
    [['customers', '--tenant', 'x', '--limit', '-1'], /limit/],
  ])('%j is called wrongly', async (args, says) => {
    const { code, output, errors } = await run(...args);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(says);
  });

  test('names a column that is not there, and leaves no file', async () => {
    const file = join(folder, 'none.csv');
    const { code, errors } = await run('customers', '--tenant', tenant, '--columns', 'shoe_size', '-o', file);
    expect([code, errors.split('\n')[0]]).toEqual([2, 'Customers have no field "shoe_size".']);
    expect(await readdir(folder)).not.toContain('none.csv');
  });
});
