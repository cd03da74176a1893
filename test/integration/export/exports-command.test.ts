/** `clientele exports`, as it is typed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { dataset } from '../../../src/datasets/registry.ts';
import { followLink } from '../../../src/export/links.ts';
import { type StoredExport, storeExport } from '../../../src/export/stored-export.ts';
import { fileStore } from '../../../src/file-store/file-store.ts';
import { createTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { useImports } from '../../support/import.ts';
import { type Outcome, runProgram } from '../../support/program.ts';

const given = useImports();
let tenant: Tenant;
let stored: StoredExport;

beforeAll(async () => {
  tenant = await createTenant(given.database, { name: 'Shop', slug: 'shop' });
  await given.import(tenant.id, 'email,first_name\na@example.com,Ann\n');
  stored = await storeExport(given.database, fileStore(), {
    tenant,
    dataset: dataset('customers'),
    columns: [{ field: 'email' }],
    profile: 'data',
    format: 'csv',
    permissions: 'everything',
    by: null,
    source: 'test',
  });
});

function exportsOf(...args: string[]): Promise<Outcome> {
  const environment = { ...given.environment, CLIENTELE_URL: 'https://crm.example.com' };
  return runProgram(['exports', ...args], { environment });
}

describe('clientele exports', () => {
  test('lists what was taken out, for people and for programs', async () => {
    const { code, output } = await exportsOf('list');
    expect(code).toBe(0);
    expect(output).toMatch(
      new RegExp(
        `^${stored.id}  \\S+ \\S+  shop  done        customers csv  1 records  22 bytes  ${stored.fileName}\\n$`,
      ),
    );
    const { output: json } = await exportsOf('list', '--tenant', 'shop', '--json');
    expect(JSON.parse(json)).toMatchObject([{ id: stored.id, state: 'done', sha256: stored.sha256 }]);
  });

  test('writes a kept file, whole or not at all, and to standard output', async () => {
    const output = join(given.folder, 'out.csv');
    expect(await exportsOf('get', stored.id, '--tenant', 'shop', '-o', output)).toMatchObject({
      code: 0,
      errors: '',
    });
    expect(readFileSync(output, 'utf8')).toBe('email\r\na@example.com\r\n');
    expect(readdirSync(given.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    const printed = await exportsOf('get', stored.id, '--tenant', 'shop');
    expect(printed.output).toBe('email\r\na@example.com\r\n');
  });

  test('prints a link once, which leads to the file; shows who took it', async () => {
    const { code, output } = await exportsOf('link', stored.id, '--tenant', 'shop', '--hours', '2');
    expect(code).toBe(0);
    const token = /^https:\/\/crm\.example\.com\/api\/downloads\/(exp_\S+)\n$/.exec(output)?.[1] ?? '';
    const { entry, linkId } = await followLink(given.database, token);
    expect(entry.id).toBe(stored.id);
    const shown = await exportsOf('show', stored.id, '--tenant', 'shop');
    expect(shown.output).toContain(`SHA-256 ${stored.sha256}`);
    expect(shown.output).toContain(`Link ${linkId}, until `);
    expect(shown.output).toMatch(/Taken .* by the command line: 22 bytes\n/);
    expect(shown.output).not.toContain(token);
  });

  test('says what is wrong', async () => {
    const there = ['--tenant', 'shop'];
    const cases: [string[], number, RegExp][] = [
      [['show', stored.id], 2, /Say whose export: --tenant/],
      [['get', ...there], 2, /Say which export/],
      [['burn', stored.id, ...there], 2, /not "burn"/],
      [['link', stored.id, ...there, '--hours', '0'], 2, /--hours takes a whole number from 1/],
      [['show', 'nothing', ...there], 2, /There is no such export/],
      [['cancel', stored.id, ...there], 1, /The export is done/],
    ];
    for (const [args, code, says] of cases) {
      const ended = await exportsOf(...args);
      expect([ended.code, ended.errors], args.join(' ')).toEqual([code, expect.stringMatching(says)]);
    }
  });
});
