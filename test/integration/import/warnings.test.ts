/** What is odd about a row that goes in all the same is told among its problems, and keeps nothing out. */
import { expect, test } from 'vitest';
import { useImports } from '../../support/import.ts';

const given = useImports({ chunkRows: 3 });

const doubled = (text: string): string => Buffer.from(text).toString('latin1');

test('a row with a cell that was decoded wrongly once before goes in, with a warning that shows it', async () => {
  const tenant = await given.tenant();
  const run = await given.import(
    tenant,
    `email,first_name,Xyz,job_title\na@example.com,${doubled('Zoë')},,Dean\nb@example.com,Zoë,,Dean\nwrong,${doubled('José')},,\nc@example.com,Cy,${doubled('José')},\n`,
  );
  expect(await given.outcomes(run)).toEqual(['created', 'created', 'failed email.invalid', 'created']);
  expect(run).toMatchObject({ created: 3, failed: 1 });
  expect((await given.customer(tenant, 'a@example.com')).first_name).toBe(doubled('Zoë'));
  const warnings = (await given.problems(run)).filter(({ outcome }) => outcome === 'warning');
  expect(warnings).toMatchObject([
    { row: 1, line: 2, code: 'cell.mojibake', field: 'first_name', column_index: 1 },
    { row: 3, line: 4, code: 'cell.mojibake', field: 'first_name', column_index: 1 },
    { row: 4, line: 5, code: 'cell.mojibake', field: null, column_index: 2 },
  ]);
  expect(warnings[0]?.details).toEqual({ sample: doubled('Zoë') });
});

test('a warning is no reason to write nothing, nor a row of the reject file', async () => {
  const tenant = await given.tenant();
  const run = await given.import(tenant, `email,first_name\na@example.com,${doubled('Zoë')}\n`, {
    atomic: true,
  });
  expect(run).toMatchObject({ state: 'done', created: 1, failed: 0 });
  expect((await given.rejects(run)).trim().split('\n')).toHaveLength(1);
});
