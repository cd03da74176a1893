import { describe, expect, test } from 'vitest';
import { guard, unmark } from '../../../src/field-types/spreadsheet-marks.ts';
import { problemIn, readCell, readColumn } from './reading.ts';

describe('a blank cell', () => {
  test.each(['', ' ', '\t', '\r\n', '\u00a0', '\u2003\ufeff'])('%j says nothing', (cell) => {
    expect(readCell('text', cell)).toBeNull();
    expect(readCell('integer', cell)).toBeNull();
  });

  test('says nothing either when it holds what the field calls nothing', () => {
    const field = { absent: ['none', 'n/a'] };
    expect(readCell('text', ' None ', { field })).toBeNull();
    expect(readCell('text', 'N/A', { field })).toBeNull();
    expect(readCell('text', 'none at all', { field })).toBe('none at all');
  });
});

describe('a leading apostrophe', () => {
  test.each([
    ["'=1+1", '=1+1'],
    ["'+44 20 7946 0018", '+44 20 7946 0018'],
    ["'-", '-'],
    ["'@handle", '@handle'],
    ["'7210448301122", '7210448301122'],
    ["'02134", '02134'],
    ["'(775) 555-0154", '(775) 555-0154'],
    ["'12345-6789", '12345-6789'],
    ["'-12.5", '-12.5'],
    ["'1,234.50", '1,234.50'],
    ["'4.5E-3", '4.5E-3'],
    ["'(422)787-2331x71127", '(422)787-2331x71127'],
    ["''=x", "'=x"],
    ["'''007", "''007"],
    ["'\t=1+1", '=1+1'],
  ])('of %j is the spreadsheet’s mark', (cell, value) => {
    expect(readCell('text', cell)).toBe(value);
  });

  test.each(["'90s Ltd", "'", "'s-Hertogenbosch", "''quoted''", "'tis", "' =x", "'90s"])(
    'of %j is the text’s own',
    (cell) => {
      expect(readCell('text', cell)).toBe(cell);
    },
  );

  test('stays in a file that no spreadsheet has marked', () => {
    const reading = { spreadsheetMarks: false };
    expect(readCell('text', "'=1+1", { reading })).toBe("'=1+1");
    expect(readCell('text', "'02134", { reading })).toBe("'02134");
  });

  test('is taken off before a value of any type is read', () => {
    expect(readCell('phone', "'+17755550154")).toBe('+17755550154');
    expect(readCell('integer', "'42")).toBe('42');
    expect(readCell('date', "'2021-07-26")).toBe('2021-07-26');
  });
});

describe('a text as the result of a formula', () => {
  test.each([
    ['="02134"', '02134'],
    ['="+44 20 7946 0000"', '+44 20 7946 0000'],
    ['=""', null],
    ['="a""b"', '="a""b"'],
    ['="a"&"b"', '="a"&"b"'],
  ])('%j is %j', (cell, text) => expect(readCell('text', cell)).toBe(text));

  test('stays as it is behind an apostrophe, and where no spreadsheet has marked anything', () => {
    expect(readCell('text', `'="02134"`)).toBe('="02134"');
    expect(readCell('text', '="02134"', { reading: { spreadsheetMarks: false } })).toBe('="02134"');
  });
});

describe('a column that says the opposite of its field', () => {
  test('has yes read as no, in words of any language', () => {
    const reading = { opposite: true, language: 'de' };
    expect(['yes', 'nein', '1', 'j', ''].map((cell) => readCell('boolean', cell, { reading }))).toEqual([
      'false',
      'true',
      'false',
      'false',
      null,
    ]);
    expect(readCell('boolean', 'perhaps', { reading })).toBe('boolean.unreadable');
  });

  test('has nothing read as yes, where all that is there are marks', () => {
    expect(readColumn('boolean', ['x', '', 'x'], { reading: { opposite: true } })).toEqual([
      'false',
      'true',
      'false',
    ]);
  });
});

describe('a guarded cell', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['-1+1', "'-1+1"],
    ['@SUM(A1:A2)', "'@SUM(A1:A2)"],
    ['\t=1+1', "'\t=1+1"],
    ['\r=1+1', "'\r=1+1"],
    ['-', "'-"],
    ['+', "'+"],
    ['+1-555-010-0000', "'+1-555-010-0000"],
    ['+44 -20', "'+44 -20"],
    ["'=x", "''=x"],
    ["'007", "''007"],
    ["''@", "'''@"],
  ])('%j is %j', (text, cell) => {
    expect(guard(text)).toBe(cell);
    expect(unmark(cell)).toBe(text);
  });

  test.each([
    ...['-12.5', '+5', '-1,234.50', '+44 20 7946 0018', '+1 (555) 010-0000', '+17755550154'],
    ...["'90s Ltd", 'x=1', '(5)', '007', '#1', '"=1+1"', ';=1+1', '＝1+1'],
  ])('%j needs no guard', (text) => {
    expect(guard(text)).toBe(text);
  });
});

describe('a spoiled cell', () => {
  const errors = [
    '#REF!',
    '#N/A',
    '#VALUE!',
    '#NAME?',
    '#DIV/0!',
    '#NULL!',
    '#NUM!',
    '#######',
    '#WERT!',
    'Err:502',
  ];
  test.each([...errors, ' #REF! '])('%j is a problem in a column of any type', (cell) => {
    for (const type of ['text', 'email', 'date', 'money', 'boolean', 'tags', 'reference'] as const) {
      expect(readCell(type, cell)).toBe('value.spoiled');
    }
  });

  test.each(['4.47911E+11', '4,47911E+11', '7E+15', '-1.2E+10'])(
    '%j has lost its digits where digits are a name',
    (cell) => {
      for (const type of ['text', 'phone', 'reference', 'uuid'] as const)
        expect(readCell(type, cell)).toBe('value.spoiled');
    },
  );

  test('of that form is a number in a column of numbers', () => {
    expect(readCell('decimal', '4.5E+11')).toBe('450000000000');
    expect(readCell('money', '1.5E+03')).toBe('1500');
  });

  test('is not one that only begins like it', () => {
    for (const text of ['#1', '# 12', '#hashtag', 'E+11', 'Err', '1E5', '2.5E+1x', 'A4E+11']) {
      expect(readCell('text', text)).toBe(text);
    }
  });

  test('is quoted in its problem, a long one not in full', () => {
    expect(problemIn('phone', '4.47911E+11').details).toEqual({ value: '4.47911E+11' });
    const long = String(problemIn('email', `x ${'😀'.repeat(100)}`, { field: { max: 1000 } }).details.value);
    expect(long.length).toBeLessThanOrEqual(101);
    expect(long.isWellFormed()).toBe(true);
  });
});

test('a column of x and nothing says no where it says nothing, any other column does not', () => {
  expect(readColumn('boolean', ['x', '', 'X', ' '])).toEqual(['true', 'false', 'true', 'false']);
  expect(readColumn('boolean', ['x', '', 'no'])).toEqual(['true', null, 'false']);
  expect(readColumn('boolean', ['', ''])).toEqual([null, null]);
});
