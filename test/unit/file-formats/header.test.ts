import { describe, expect, test } from 'vitest';
import { nameColumns, numberColumns } from '../../../src/file-formats/header.ts';

const names = (...header: string[]) => nameColumns(header).map((column) => column.name);

describe('column names', () => {
  test('are trimmed, and invisible characters are taken out', () => {
    expect(
      names(
        '\ufeff id ',
        'na\u200bme',
        'e\u00admail',
        '\u00a0city\u00a0',
        'first\u00a0 name',
        'a\u202eb',
        '\u2060x',
      ),
    ).toEqual(['id', 'name', 'email', 'city', 'first name', 'ab', 'x']);
  });

  test('that are equal but for case or invisible characters are told apart', () => {
    expect(names('email', 'Email', 'EMAIL ', 'e-mail', 'ema\u200bil')).toEqual([
      'email',
      'Email (2)',
      'EMAIL (3)',
      'e-mail',
      'email (4)',
    ]);
  });

  test('are never those that another column has', () => {
    expect(names('a', 'a', 'a (2)')).toEqual(['a', 'a (3)', 'a (2)']);
    expect(names('', 'column 1', 'column 3', '')).toEqual([
      'column 1',
      'column 1 (2)',
      'column 3',
      'column 4',
    ]);
  });

  test('are cut where no person would read on', () => {
    expect(names('🙂'.repeat(10_000), 'x'.repeat(10_000), 'x'.repeat(10_001))).toEqual([
      '🙂'.repeat(250),
      'x'.repeat(250),
      `${'x'.repeat(250)} (2)`,
    ]);
  });

  test('that are blank are numbered', () => {
    expect(names('', ' ', '\u200b', 'x')).toEqual(['column 1', 'column 2', 'column 3', 'x']);
    expect(numberColumns(2)).toEqual([
      { index: 0, name: 'column 1' },
      { index: 1, name: 'column 2' },
    ]);
  });

  test('are composed, and otherwise kept as written', () => {
    expect(names('Stra\u00dfe', 'Ciudad/Pai\u0301s', 'First  Name', '__proto__')).toEqual([
      'Straße',
      'Ciudad/País',
      'First Name',
      '__proto__',
    ]);
  });
});
