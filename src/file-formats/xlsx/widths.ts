/** How wide the columns of a sheet are, in characters, by their headers and the first rows. */
import type { CellKind } from './sheet-rows.ts';

const rowsLookedAt = 200;
const widest = 60;
const narrowest = 6;
/** The arrow of the filter stands in the header; a little air in every cell. */
const filterArrow = 3;
const air = 1;

/** What a spreadsheet shows of these is not their text. */
const shownWidth: Partial<Record<CellKind, number>> = { boolean: 7, date: 10, datetime: 19 };

/** From East Asia's scripts on, most characters are as wide as two; emoji too. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|[\u{1f300}-\u{3fffd}]/gu;

/** @param lines in COPY's text format. */
export function fittedWidths(
  columns: readonly { readonly header: string; readonly kind: CellKind }[],
  lines: Buffer,
): number[] {
  const widths = columns.map(({ header, kind }) =>
    Math.max(widthOf(header) + filterArrow, shownWidth[kind] ?? 0),
  );
  for (const cells of firstRows(lines)) {
    for (const [i, { kind }] of columns.entries()) {
      const cell = cells[i] ?? '\\N';
      if (shownWidth[kind] === undefined && cell !== '\\N')
        widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    }
  }
  return widths.map((width) => Math.min(widest, Math.max(narrowest, width)) + air);
}

function* firstRows(lines: Buffer): Generator<string[]> {
  let from = 0;
  for (let row = 0; row < rowsLookedAt && from < lines.length; row += 1) {
    const end = lines.indexOf(0x0a, from);
    yield lines.toString('utf8', from, end).split('\t');
    from = end + 1;
  }
}

/** Of its longest line; a cell that is far too long is not looked through. */
function widthOf(text: string): number {
  if (text.length > widest * 4) return widest;
  const lines = text.split(/\\n|\n/);
  return Math.max(...lines.map((line) => Array.from(line).length + (line.match(wide)?.length ?? 0)));
}
