/** Cells that a file format, COPY or SQL could trip over reach their columns as they are. */
import { expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports();

const hostile = [
  "O'Neil",
  "'; drop table customers; --",
  'back\\slash',
  'ends in a backslash\\',
  '\\N',
  '\\.',
  '\\x41\\101\\u0041',
  'tab\tinside',
  'line\nbreak',
  'carriage\r\nreturn',
  'two "quotes" and one "',
  '{"json": [1, "two"]}',
  '{curly,braces}',
  '$1 $$ $tag$ :name ?',
  "E'\\''",
  '%s %d {word}',
  'NULL',
  'null',
  'true',
  '=1+1',
  '-- comment /* */',
  '<script>alert(1)</script>',
  '日本語とかな',
  'مرحبا بالعالم',
  '👩‍👩‍👧‍👦 family 🇫🇷',
  'Z̷̢͘a̸l̵g̶o̷'.normalize('NFC'),
  'Ѐ͏ joiner',
  'zero\u200bwidth',
  'non\u00a0breaking',
  '__proto__',
  'constructor',
  '00420',
  '1e9',
  'a'.repeat(10_000),
  '𝄞'.repeat(9_999),
];

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('a text reaches its column as it is, in the record, its list, its note and its JSON', async () => {
  const tenant = await given.tenant();
  const short = hostile.map((text) => [...text].slice(0, 255).join(''));
  const rows = hostile.map((text, i) => {
    const tag = (short[i] ?? '').replaceAll(/[,;]/g, '.');
    return [
      `p${i}@example.com`,
      'X',
      short[i],
      text,
      JSON.stringify([tag]),
      JSON.stringify({ text: short[i] }),
    ]
      .map((cell) => quoted(String(cell)))
      .join(',');
  });
  const run = await given.import(
    tenant,
    `email,first_name,company_name,note,tags,metadata\n${rows.join('\n')}\n`,
  );
  expect(await given.problems(run)).toEqual([]);
  expect(run.created).toBe(hostile.length);
  const stored = await given.rows(
    tenant,
    `select c.company_name, n.content, c.tags, c.metadata from customers c join customer_notes n on n.customer_id = c.id order by c.number`,
  );
  expect(stored).toEqual(
    hostile.map((text, i) => ({
      company_name: short[i],
      content: text,
      tags: [(short[i] ?? '').replaceAll(/[,;]/g, '.')],
      metadata: { text: short[i] },
    })),
  );
});

test('a text that changes reaches the column, the journal and undo as it is', async () => {
  const tenant = await given.tenant();
  const header = 'email,first_name,job_title,tags\n';
  const cells = hostile.map((text) => [...text].slice(0, 100).join('').trim());
  const file = (of: (i: number) => string): string =>
    header +
    cells
      .map(
        (_, i) =>
          `p${i}@example.com,X,${quoted(of(i))},${quoted(JSON.stringify([of(i).replaceAll(/[,;]/g, '.')]))}\n`,
      )
      .join('');
  await given.import(
    tenant,
    file((i) => cells[(i + 1) % cells.length] ?? ''),
  );
  const before = await given.digestOf(tenant);
  const run = await given.import(
    tenant,
    file((i) => cells[i] ?? ''),
  );
  expect(run.updated).toBe(cells.length);
  const changes = await given.rows(
    tenant,
    `select after ->> 'job_title' as title from changes where import_id = $1 order by row`,
    [run.id],
  );
  expect(changes.map(({ title }) => title)).toEqual(cells);
  await given.undo(run);
  expect(await given.digestOf(tenant)).toBe(before);
});

test('a text is composed, and what is only space or control is no text', async () => {
  const tenant = await given.tenant();
  const run = await given.import(
    tenant,
    'email,first_name,job_title\na@example.com,E\u0301va,  padded  \nb@example.com,Bob,bell\u0007\nc@example.com,Cy,   \n',
  );
  expect(await given.outcomes(run)).toEqual(['created', 'failed text.control_character', 'created']);
  expect(await given.customer(tenant, 'a@example.com')).toMatchObject({
    first_name: 'Éva',
    job_title: 'padded',
  });
  expect((await given.customer(tenant, 'c@example.com')).job_title).toBeNull();
});

test('a text is as long as its field allows, in characters', async () => {
  const tenant = await given.tenant();
  const run = await given.import(
    tenant,
    `email,first_name,job_title\na@example.com,Ann,${'𝄞'.repeat(100)}\nb@example.com,Bob,${'x'.repeat(101)}\n`,
  );
  expect(await given.outcomes(run)).toEqual(['created', 'failed text.too_long']);
});
