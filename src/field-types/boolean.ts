/**
 * Yes and no, canonically `true` and `false`.
 *
 * People mark lists with an x and leave the rest blank. In a column whose cells are all marks or blank, blank
 * says no; everywhere else blank says nothing.
 */
import { booleanWords } from './boolean-words.ts';
import { cellProblem } from './cell-problem.ts';
import type { ColumnSurvey, FieldType } from './field-type.ts';

const marks = new Set(['x', 'X', '✓', '✔', '☑']);

export const boolean: FieldType = {
  name: 'boolean',
  accepts:
    'yes or no, true or false, y or n, 1 or 0, on or off, an x, and the words of other languages for these.',
  sqlType: 'boolean',
  reader: (_field, reading) => {
    const words = booleanWords(reading.language);
    return (cell) =>
      words.get(cell) ??
      words.get(cell.normalize('NFC').toLowerCase()) ??
      cellProblem('boolean.unreadable', cell);
  },
  survey: marksSurvey,
  write: (value, profile) => {
    if (profile === 'data') return value;
    return value === 'true' ? 'Yes' : 'No';
  },
};

function marksSurvey(): ColumnSurvey {
  let cells = 0;
  let marked = 0;
  return {
    see: (cell) => {
      cells++;
      if (marks.has(cell)) marked++;
    },
    settle: () => ({ reading: cells > 0 && cells === marked ? { blank: 'false' } : {}, ambiguous: false }),
  };
}
