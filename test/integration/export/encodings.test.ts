/** CSV in other encodings, delimiters and packings: each comes back with nothing changed, and nothing is lost on the way. */
import { describe, expect, test } from 'vitest';
import { customers } from '../../../src/datasets/customers.ts';
import type { CsvStyle } from '../../../src/export/encode.ts';
import type { OutputEncoding } from '../../../src/file-formats/encodings/text-encoder.ts';
import { exported } from '../../support/export.ts';
import { hostileTenant } from '../../support/hostile-tenant.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();

const names: Partial<Record<OutputEncoding, readonly string[]>> = {
  'windows-1252': [
    'Zoë Müller',
    'François Lefèvre',
    'José Núñez',
    'Søren Kierkegaard',
    '50 € “quoted” – dash',
  ],
  'iso-8859-1': ['Zoë Müller', 'François Lefèvre', 'José Núñez', 'Søren Åberg'],
  'windows-1250': ['Łukasz Żółć', 'Jiří Dvořák', 'Ágnes Szűcs', 'Małgorzata Wiśniewska'],
  'windows-1251': ['Александр Иванов', 'Мария Кузнецова', 'Екатерина Попова'],
  shift_jis: ['山田太郎', '鈴木花子', '表示ソ能'],
  big5: ['王小明', '許功蓋'],
  'euc-kr': ['김철수', '이영희'],
  gb18030: ['王伟', '李娜😀'],
};

async function tenantOf(people: readonly string[]): Promise<string> {
  const tenant = await given.tenant();
  const lines = people.map((name, i) =>
    JSON.stringify({
      number: `N-${i}`,
      email: `p${i}@example.com`,
      first_name: name,
      driver_notes: `${name}, "so"\n2`,
    }),
  );
  const run = await given.import(tenant, `${lines.join('\n')}\n`, { fileName: 'x.ndjson', require: [] });
  expect(run.created).toBe(people.length);
  return tenant;
}

async function expectUnchanged(tenant: string, file: Buffer, encoding?: string): Promise<void> {
  const before = await given.digestOf(tenant);
  const run = await given.import(tenant, file, {
    require: [],
    ...(encoding === undefined ? {} : { dialect: { encoding } }),
  });
  expect({ state: run.state, problems: await given.problems(run) }).toEqual({ state: 'done', problems: [] });
  expect(run.unchanged).toBeGreaterThan(0);
  expect(run.unchanged).toBe(run.rowsRead);
  expect(await given.digestOf(tenant)).toBe(before);
}

describe('a file that was exported comes back unchanged', () => {
  test.each(Object.entries(names) as [OutputEncoding, readonly string[]][])(
    'in %s, which the import is told',
    async (encoding, people) => {
      const tenant = await tenantOf(people);
      const { file } = await exported(given.database, tenant, {
        dataset: customers,
        columns: 'all',
        csv: { encoding },
      });
      expect(file.toString('utf8')).not.toContain(people[0]);
      await expectUnchanged(tenant, file, encoding);
    },
    60_000,
  );

  test.each(['windows-1252', 'iso-8859-1', 'windows-1250', 'windows-1251'] as const)(
    'in %s, which the import finds',
    async (encoding) => {
      const tenant = await tenantOf(names[encoding] ?? []);
      const csv = { encoding };
      const { file } = await exported(given.database, tenant, { dataset: customers, columns: 'all', csv });
      await expectUnchanged(tenant, file);
    },
    60_000,
  );

  const styles: Partial<CsvStyle>[] = [
    { encoding: 'utf-16le' },
    { encoding: 'utf-16be', delimiter: 'tab', lineEnd: 'lf' },
    { encoding: 'utf-16le', delimiter: 'semicolon', quotes: 'all' },
    { delimiter: 'semicolon' },
    { delimiter: 'pipe', quotes: 'all', lineEnd: 'lf', bom: false },
    { delimiter: 'tab', bom: false },
  ];
  test.each(styles)(
    'hostile records as %j',
    async (csv) => {
      const { tenant } = await hostileTenant(given, customers, 60);
      for (const profile of ['spreadsheet', 'data'] as const) {
        const asked = { dataset: customers, columns: 'all', profile, csv } as const;
        await expectUnchanged(tenant, (await exported(given.database, tenant, asked)).file);
      }
    },
    120_000,
  );

  test.each(['gzip', 'zip'] as const)(
    'packed by %s, whatever the format',
    async (compress) => {
      const { tenant } = await hostileTenant(given, customers, 60);
      for (const format of ['csv', 'json', 'ndjson'] as const) {
        const asked = { dataset: customers, columns: 'all', format, compress } as const;
        await expectUnchanged(tenant, (await exported(given.database, tenant, asked)).file);
      }
    },
    120_000,
  );
});

describe('UTF-16', () => {
  test('has its mark unless it is asked for without', async () => {
    const tenant = await tenantOf(['Zoë']);
    const asked = { dataset: customers, columns: [{ field: 'first_name' }], profile: 'data' } as const;
    const { file } = await exported(given.database, tenant, { ...asked, csv: { encoding: 'utf-16le' } });
    expect(file).toEqual(Buffer.from('\ufefffirst_name\r\nZoë\r\n', 'utf16le'));
    const bare = await exported(given.database, tenant, {
      ...asked,
      csv: { encoding: 'utf-16le', bom: false },
    });
    expect(bare.file).toEqual(Buffer.from('first_name\r\nZoë\r\n', 'utf16le'));
  });
});

describe('what an encoding does not have', () => {
  const columns = [{ field: 'number' }, { field: 'last_name' }, { field: 'first_name' }];
  const of = (encoding: OutputEncoding, more: object = {}) =>
    ({ dataset: customers, columns, csv: { encoding }, ...more }) as const;

  test('is refused before the file begins: field, records, character, and where', async () => {
    const tenant = await tenantOf(['Zoë', 'Łukasz', 'Żaneta', 'Bob']);
    await expect(exported(given.database, tenant, of('windows-1252'))).rejects.toMatchObject({
      code: 'export.invalid',
      message: expect.stringMatching(
        /^First Name of 2 records holds characters that windows-1252 does not have, such as “[ŁŻ]” \(U\+01[47][1B]\) of N-[12]\./,
      ),
      details: { field: 'first_name', encoding: 'windows-1252' },
    });
    const { file } = await exported(
      given.database,
      tenant,
      of('windows-1250', { filter: { where: { field: 'number', operator: 'is_not', value: 'N-0' } } }),
    );
    expect(file.includes(Buffer.of(0xa3))).toBe(true);
  });

  test('in a header too', async () => {
    const tenant = await tenantOf(['Bob']);
    const named = of('iso-8859-1', { columns: [{ field: 'first_name', header: 'Имя' }] });
    await expect(exported(given.database, tenant, named)).rejects.toThrow('The header of First Name holds');
  });

  test('nobody asks of a column that is left out, or of a file that holds no such record', async () => {
    const tenant = await tenantOf(['Łukasz', 'Bob']);
    const without = of('windows-1252', { columns: columns.slice(0, 2) });
    expect((await exported(given.database, tenant, without)).records).toBe(2);
    const bob = of('windows-1252', {
      filter: { where: { field: 'first_name', operator: 'is', value: 'Bob' } },
    });
    expect((await exported(given.database, tenant, bob)).records).toBe(1);
  });

  test('a byte-order mark is refused where there is none', async () => {
    const tenant = await tenantOf(['Bob']);
    const asked = of('windows-1252', { csv: { encoding: 'windows-1252', bom: true } });
    await expect(exported(given.database, tenant, asked)).rejects.toThrow('has no byte-order mark');
  });
});
