/** A row has as many problems as wrong cells: whoever reads them holds a page of them, and the database reads no more. */
import { beforeAll, describe, expect, test } from 'vitest';
import { pageOfProblems } from '../../../src/import/outcome/problems.ts';
import type { ImportRun } from '../../../src/import/run.ts';
import { readBy } from '../../support/entries-read.ts';
import { useImports } from '../../support/import.ts';

const given = useImports();
const rows = 3000;
const wrong = ['nobody', 'no status', 'no segment', 'perhaps', 'many', 'lots', 'soon'];
const header =
  'first_name,last_name,email,account_status,segment,marketing_opt_in,annual_revenue,total_spent,date_of_birth';

describe('a run with many wrong cells in each row', () => {
  let run: ImportRun;

  beforeAll(async () => {
    const line = (row: number): string => `Ann ${row},Smith,${wrong.join(',')}`;
    const content = Array.from({ length: rows }, (_, i) => line(i + 1)).join('\n');
    run = await given.import(await given.tenant(), `${header}\n${content}\n`);
  });

  test('has each of them once, in the order of the rows', async () => {
    const problems = await given.problems(run);
    const places = problems.map(({ row, column_index }) => `${row} ${column_index}`);
    const expected = Array.from({ length: rows }, (_, i) => wrong.map((_, cell) => `${i + 1} ${cell + 2}`));
    expect(places).toEqual(expected.flat());
  });

  test('has every row in its reject file', async () => {
    const lines = (await given.rejects(run)).trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(rows + 1);
    expect(lines.at(-1)).toMatch(new RegExp(`^${rows},.*,Ann ${rows},Smith,nobody,`));
  });

  test('is read a page at a time', async () => {
    const wanted = 10;
    const read = await readBy(given.database, 'import_problems', async () => {
      const page = await pageOfProblems(given.database, run, { afterRow: 1000, rowsMax: wanted });
      expect(page).toMatchObject({
        nextAfterRow: 1000 + wanted,
        problems: { length: wanted * wrong.length },
      });
    });
    expect(read).toBeLessThan(rows);
  });

  test('ends with a page that has no next', async () => {
    const last = { afterRow: rows - 5, rowsMax: 10 };
    const page = await pageOfProblems(given.database, run, last);
    expect(page).toMatchObject({ nextAfterRow: null, problems: { length: 5 * wrong.length } });
    expect(await pageOfProblems(given.database, run, { ...last, code: 'value.required' })).toEqual({
      problems: [],
      nextAfterRow: null,
    });
  });
});
