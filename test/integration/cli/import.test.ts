import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';

const given = useDatabase();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-import-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input?: string) {
  const environment = { ...given.environment, CLIENTELE_DATA: join(folder, 'data') };
  return runProgram(args, { environment, folder, ...(input === undefined ? {} : { input }) });
}

async function tenantSlug(): Promise<string> {
  const id = await given.tenant();
  const { rows } = await given.database.app.query('select slug from tenants where id = $1', [id]);
  return rows[0].slug;
}

const good = 'First Name,Last Name,Email\nAnn,Smith,ann@example.com\nBob,Brown,bob@example.com\n';
const oneWrong = 'First Name,Last Name,Email\nAnn,Smith,ann@example.com\nBob,Brown,not an address\n';

describe('clientele import', () => {
  test('ends with 0 when all rows went in, and prints one object for programs', async () => {
    const tenant = await tenantSlug();
    const { code, output, errors } = await run(['import', '-', '--tenant', tenant, '--json'], good);
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: 'done',
      read: 2,
      created: 2,
      updated: 0,
      unchanged: 0,
      skipped: 0,
      failed: 0,
      seconds: expect.any(Number),
      rows_per_second: expect.any(Number),
      problems: {},
    });
  });

  test('ends with 3 when a row failed, and writes it with its problem to the reject file', async () => {
    const tenant = await tenantSlug();
    const rejects = join(folder, 'rejects.csv');
    const results = join(folder, 'results.csv');
    const args = ['import', '-', '--tenant', tenant, '--json', '--rejects', rejects, '--results', results];
    const { code, output } = await run(args, oneWrong);
    expect(code).toBe(3);
    expect(JSON.parse(output)).toMatchObject({ created: 1, failed: 1, problems: { 'email.invalid': 1 } });
    const lines = (await readFile(rejects, 'utf8')).split('\n');
    expect(lines[0]).toMatch(/,First Name,Last Name,Email$/);
    expect(lines[1]).toMatch(/^2,email,email\.invalid,.*,Bob,Brown,not an address$/);
    expect(lines).toHaveLength(3);
    const fates = (await readFile(results, 'utf8')).trim().split('\n').slice(1);
    expect(fates[0]).toMatch(/^1,created,,[0-9a-f-]{36},CUST-000001$/);
    expect(fates[1]).toBe('2,failed,email.invalid,,');
  });

  test('ends with 1 when the run failed, says why in one line, and writes nothing', async () => {
    const tenant = await tenantSlug();
    const atomic = await run(['import', '-', '--tenant', tenant, '--atomic', '--json'], oneWrong);
    expect(atomic.code).toBe(1);
    expect(atomic.errors.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(atomic.output)).toMatchObject({
      state: 'failed',
      read: 2,
      created: 0,
      skipped: 1,
      failed: 1,
    });
    const empty = await run(['import', '-', '--tenant', tenant], '');
    expect(empty).toMatchObject({ code: 1, errors: expect.stringContaining('empty') });
  });

  test('ends with 2 when it is called wrongly', async () => {
    const tenant = await tenantSlug();
    for (const args of [
      ['import', '-'],
      ['import', '-', '--tenant', 'nobody'],
      ['import', join(folder, 'no-such-file.csv'), '--tenant', tenant],
      ['import', '-', '--tenant', tenant, '--mode', 'replace'],
      ['import', '-', '--tenant', tenant, '--map', 'Email=no_such_field'],
      ['import', '-', '--tenant', tenant, '--match', 'first_name'],
      ['import', '-', '--tenant', tenant, '--dataset', 'unicorns'],
      ['import', '-', '--tenant', tenant, '--frobnicate'],
    ]) {
      const { code, errors } = await run(args, good);
      expect({ args, code }).toEqual({ args, code: 2 });
      expect(errors.trim().split('\n')).toHaveLength(1);
    }
  });

  test('changes nothing in a dry run, and says what would change', async () => {
    const tenant = await tenantSlug();
    await run(['import', '-', '--tenant', tenant], good);
    const changed = good.replace('Brown', 'Green').concat('Cy,Young,cy@example.com\n');
    const { code, output } = await run(['import', '-', '--tenant', tenant, '--dry-run', '--json'], changed);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      state: 'checked',
      dry_run: true,
      created: 1,
      updated: 1,
      unchanged: 1,
      changed: { last_name: 1, display_name: 1 },
    });
    const again = await run(['import', '-', '--tenant', tenant, '--json'], good);
    expect(JSON.parse(again.output)).toMatchObject({ unchanged: 2, created: 0, updated: 0 });
  });

  test('takes the mapping, the rules and the required fields from its options', async () => {
    const tenant = await tenantSlug();
    const file = join(folder, 'odd.csv');
    await writeFile(file, 'who,code,colour\nAnn Smith,A-1,red\n');
    const args = [
      '--map',
      'who=display_name',
      '--map',
      'code=external_id',
      '--map',
      'colour=',
      '--require',
      'external_id',
    ];
    const { code, output } = await run(['import', file, '--tenant', tenant, '--json', ...args]);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ created: 1 });
    const shown = await run(['imports', 'show', JSON.parse(output).id, '--json']);
    const { mapping } = JSON.parse(shown.output);
    expect(mapping.columns.map(({ field }: { field: string | null }) => field)).toEqual([
      'display_name',
      'external_id',
      null,
    ]);
  });
});

describe('clientele imports and audit', () => {
  test('list, show and undo a run, and leave the trail whole', async () => {
    const tenant = await tenantSlug();
    const { output } = await run(['import', '-', '--tenant', tenant, '--json'], good);
    const { id } = JSON.parse(output);
    const listed = JSON.parse((await run(['imports', 'list', '--tenant', tenant, '--json'])).output);
    expect(listed).toMatchObject([{ id, state: 'done', created: 2, file: 'standard input' }]);
    const undone = await run(['imports', 'undo', id, '--json']);
    expect(undone.code).toBe(0);
    expect(JSON.parse(undone.output)).toMatchObject({
      id,
      state: 'undone',
      removed: 2,
      restored: 0,
      left_alone: 0,
    });
    expect(await run(['imports', 'undo', id])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('undone already'),
    });
    expect(await run(['audit', 'verify', '--tenant', tenant])).toMatchObject({
      code: 0,
      output: expect.stringContaining('whole'),
    });
  });

  test('say that there is no such run', async () => {
    for (const verb of ['show', 'undo']) {
      const { code, errors } = await run(['imports', verb, '019a9b3e-7c5e-7d43-8c11-5a3c7fb2d001']);
      expect({ verb, code }).toEqual({ verb, code: 2 });
      expect(errors).toContain('There is no import');
    }
  });
});
