import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDatabase } from '../../support/database.ts';
import { runProgram } from '../../support/program.ts';

const given = useDatabase();
let folder: string;
let tenant: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clientele-fields-'));
  const { rows } = await given.database.app.query('select slug from tenants where id = $1', [
    await given.tenant(),
  ]);
  tenant = rows[0].slug;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(args: readonly string[], input?: string) {
  const environment = { ...given.environment, CLIENTELE_DATA: join(folder, 'data') };
  const all = [...args, '--tenant', tenant];
  return runProgram(all, { environment, folder, ...(input === undefined ? {} : { input }) });
}

test('a field of one’s own is added, filled by a file, exported, changed, removed and restored', async () => {
  const added = await run(['fields', 'add', 'shoe_size', '--type', 'decimal', '--range', '15,60']);
  expect(added).toMatchObject({
    code: 0,
    output: 'Added the field shoe_size of customers: Shoe Size, decimal.\n',
  });
  const file =
    'First Name,Email,Shoe size,Colour\nAda,ada@example.com,"38,5",red\nGrace,grace@example.com,,\n';
  const imported = await run(['import', '-', '--new-field', 'Colour=colour:text', '--json'], file);
  expect(imported.code, imported.errors).toBe(0);
  const changed = await run(['fields', 'change', 'shoe_size', '--filterable', 'yes', '--label', 'Size']);
  expect(changed).toMatchObject({
    code: 0,
    output: 'Changed the field shoe_size of customers: Size, decimal.\n',
  });
  const listed = await run(['fields', 'list']);
  expect(listed.output).toBe(
    'customers  shoe_size  decimal  Size  filterable (ready)\ncustomers  colour  text  Colour\n',
  );
  const exported = await run([
    ...['export', 'customers', '--columns', 'email,size,colour', '--bom', 'no', '--line-end', 'lf'],
    ...['--filter', '{"where": {"field": "Size", "operator": "at_least", "value": 38}}'],
  ]);
  expect(exported.output).toBe('Email,Size,Colour\nada@example.com,38.5,red\n');
  expect(await run(['fields', 'remove', 'shoe_size'])).toMatchObject({ code: 0 });
  const gone = await run(['export', 'customers', '--columns', 'email,size']);
  expect(gone.errors).toContain('have no field "size"');
  expect(await run(['fields', 'restore', 'shoe_size'])).toMatchObject({ code: 0 });
  expect((await run(['export', 'customers', '--columns', 'size', '--bom', 'no'])).output).toContain('38.5');
  expect(await run(['fields', 'remove', 'shoe_size', '--with-values'])).toMatchObject({ code: 0 });
  expect((await run(['fields', 'list', '--deleted'])).output).toBe('customers  colour  text  Colour\n');
});

test.each([
  [['fields', 'add', 'size'], 'Say of which type'],
  [['fields', 'add', 'size', '--type', 'number'], 'type'],
  [['fields', 'add', 'size', '--type', 'decimal', '--range', 'a,b'], 'range'],
  [['fields', 'change', 'nothing', '--label', 'x'], 'have no field "nothing" of your own'],
  [['fields', 'rename', 'size'], 'not "rename"'],
  [['fields', 'list', '--dataset', 'nothing'], 'There is no dataset'],
])('%j is refused', async (args, says) => {
  const { code, errors } = await run(args);
  expect(code).toBe(2);
  expect(errors).toContain(says);
});
