/** Finds whether lines that begin with `#` are comments. */
import { type SampleRow, usualWidth } from './sample-rows.ts';
import { isHeaderRow } from './sniff-header.ts';

/**
 * They are when none of them can be a row of the table. `#,name,email` and `#1001,Ann,…` can: they have its width. So
 * has `# id,name,email`, a header behind a comment's mark, unless another header follows. In a table of one column only
 * lines before everything else are comments.
 */
export function sniffComment(rows: readonly SampleRow[]): string {
  const isMarked = (row: SampleRow) => row.cells[0]?.startsWith('#') === true && row.quoted[0] !== true;
  const marked = rows.filter(isMarked);
  const others = rows.filter((row) => !isMarked(row));
  if (marked.length === 0 || others.length === 0) return '';
  const width = usualWidth(others);
  if (width === 1) return rows.slice(0, marked.length).every(isMarked) ? '#' : '';
  const hasHeader = isHeaderRow(others.map((row) => row.cells));
  const isComment = (row: SampleRow) =>
    row.cells.length !== width || (hasHeader && /^#+(?:\s|$)/.test(row.cells[0] ?? '') && !isNumberSign(row));
  return marked.every(isComment) ? '#' : '';
}

/** A header's `#`, for "number". */
function isNumberSign(row: SampleRow): boolean {
  return row.cells[0]?.trim() === '#' && row.cells.length > 1;
}
