/** The reject file: the rows that did not go in, repaired outside, come back. */

import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3 });

const problemColumns = ['problem_row', 'problem_fields', 'problem_codes', 'problems', 'how_to_mend'];

/** Rows as another program reads them. */
const rowsOf = (text: string): string[][] => parse(text, { relaxColumnCount: true });

const content = `Born,Email,"First, Name",Unknown column,Owner
1990-02-30,ann@example.com,"Ann ""A""","kept, too",
1990-01-02,bob@example.com,Bob,,
31/31/1990,nonsense,Cy,"two
lines",
1990-01-02,dee@example.com,,,
1990-01-02,eve@example.com,Eve,,nobody@example.com
`;
const map = ['Born=date_of_birth', 'First, Name=first_name'];

describe('the reject file', () => {
  test('has the problems first, then the source’s own columns in their order, whatever they feed', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, content, { map });
    expect(run).toMatchObject({ created: 1, failed: 4 });
    const [header, ...rows] = rowsOf(await given.rejects(run));
    expect(header).toEqual([...problemColumns, 'Born', 'Email', 'First, Name', 'Unknown column', 'Owner']);
    expect(rows).toEqual([
      [
        '1',
        'date_of_birth',
        'date.impossible',
        expect.any(String),
        expect.any(String),
        '1990-02-30',
        'ann@example.com',
        'Ann "A"',
        'kept, too',
        '',
      ],
      [
        '3',
        'date_of_birth, email',
        'date.impossible, email.invalid',
        expect.any(String),
        expect.any(String),
        '31/31/1990',
        'nonsense',
        'Cy',
        'two\nlines',
        '',
      ],
      [
        '4',
        'first_name',
        'value.required',
        'First Name is missing.',
        expect.any(String),
        '1990-01-02',
        'dee@example.com',
        '',
        '',
        '',
      ],
      [
        '5',
        'assigned_to',
        'reference.not_found',
        'There is no member "nobody@example.com".',
        expect.any(String),
        '1990-01-02',
        'eve@example.com',
        'Eve',
        '',
        'nobody@example.com',
      ],
    ]);
  });

  test('has nothing but its header when no row failed', async () => {
    const run = await given.import(
      await given.tenant(),
      'email,first_name\na@example.com,Ann\na@example.com,Ann\n',
    );
    expect(run.skipped).toBe(1);
    expect(rowsOf(await given.rejects(run))).toEqual([[...problemColumns, 'email', 'first_name']]);
  });

  test('has every row however many fail', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `wrong ${i},X\n`).join('');
    const run = await given.import(await given.tenant(), `email,first_name\n${rows}`);
    const rejects = rowsOf(await given.rejects(run));
    expect(rejects).toHaveLength(5001);
    expect(rejects.at(-1)?.slice(0, 6)).toEqual([
      '5000',
      'email',
      'email.invalid',
      expect.any(String),
      expect.any(String),
      'wrong 4999',
    ]);
  });

  test('has a row of too many cells with all of them', async () => {
    const run = await given.import(
      await given.tenant(),
      'email,first_name\nb@example.com,Bob\na@example.com,Ann,extra,more\nc@example.com,Cy\n',
    );
    const [, row] = rowsOf(await given.rejects(run));
    expect(row?.slice(5)).toEqual(['a@example.com', 'Ann', 'extra', 'more']);
  });

  test('repaired and imported again brings the rows in, and its own columns are nobody’s', async () => {
    const tenant = await given.tenant();
    const run = await given.import(tenant, content, { map });
    const repaired = (await given.rejects(run))
      .replaceAll('1990-02-30', '1990-02-28')
      .replaceAll('31/31/1990', '1991-12-31')
      .replace(',nonsense,', ',cy@example.com,')
      .replace('dee@example.com,,', 'dee@example.com,Dee,');
    const again = await given.import(tenant, repaired, { map });
    expect(again.mapping?.columns.slice(0, 5).map(({ column, field }) => [column, field])).toEqual(
      problemColumns.map((column) => [column, null]),
    );
    expect(await given.outcomes(again)).toEqual([
      'created',
      'created',
      'created',
      'failed reference.not_found',
    ]);
    const rejects = rowsOf(await given.rejects(again));
    expect(rejects[0]).toEqual([
      ...problemColumns,
      'Born',
      'Email',
      'First, Name',
      'Unknown column',
      'Owner',
    ]);
    expect(rejects[1]?.[0]).toBe('4');
  });

  test('of a file without a header has columns that say which', async () => {
    const run = await given.import(await given.tenant(), 'wrong,Ann\nb@example.com,Bob\n', {
      dialect: { header: false },
      map: ['column 1=email', 'column 2=first_name'],
    });
    expect(rowsOf(await given.rejects(run))).toEqual([
      [...problemColumns, 'column 1', 'column 2'],
      ['1', 'email', 'email.invalid', expect.any(String), expect.any(String), 'wrong', 'Ann'],
    ]);
  });

  test.each([
    ['an array', (objects: object[]) => JSON.stringify(objects)],
    ['an object that holds one', (objects: object[]) => JSON.stringify({ customers: objects })],
    ['lines', (objects: object[]) => objects.map((object) => `${JSON.stringify(object)}\n`).join('')],
  ])('of JSON in %s is NDJSON, which repaired comes back', async (_, written) => {
    const tenant = await given.tenant();
    const run = await given.import(
      tenant,
      written([
        { email: 'ann@example.com', first_name: 'Ann', tags: ['a', 'b'] },
        { email: 'wrong', first_name: 'Bob "B"', tags: ['c'], other: 12 },
        { email: 'cy@example.com', first_name: null },
      ]),
    );
    expect(await given.outcomes(run)).toEqual(['created', 'failed email.invalid', 'failed value.required']);
    const lines = (await given.rejects(run)).trimEnd().split('\n');
    const [bob, cy] = lines.map((line) => JSON.parse(line) as Record<string, string>);
    expect(bob).toMatchObject({
      problem_row: '2',
      problem_codes: 'email.invalid',
      email: 'wrong',
      first_name: 'Bob "B"',
      other: '12',
    });
    expect(Object.keys(cy ?? {})).toEqual([...problemColumns, 'email', 'first_name', 'tags', 'other']);
    const repaired = [
      { ...bob, email: 'bob@example.com' },
      { ...cy, first_name: 'Cy' },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join('');
    const again = await given.import(tenant, repaired);
    expect(await given.outcomes(again)).toEqual(['created', 'created']);
    expect((await given.customer(tenant, 'bob@example.com')).tags).toEqual(['c']);
  });
});
