/** Finds what stands below a table and is no data: totals, and what a report says of itself. */
import { cellKind } from '../cell-kind.ts';
import type { SampleRow } from './sample-rows.ts';

const footerRowsMax = 12;
const total =
  /^(?:(?:grand|sub|overall)[ -]?)?totals?\s*:?$|^(?:sum|summe|gesamt|gesamtsumme|zwischensumme|total général|somme|totale|totaal|suma|razem|ogółem|celkem|összesen|toplam|итого|всего|σύνολο|合計|总计|합계)\s*:?$/iu;
const count =
  /^(?:(?:total|count|number of (?:rows|records|customers)|rows|records|anzahl|nombre|zeilen)\s*[:=]?\s*)\d[\d.,' ]*(?:rows?|records?|customers?|contacts?|clients?|members?|orders?|entries|items)?$|^\(?\d[\d.,' ]*\s*(?:rows?|records?|customers?|contacts?|clients?|members?|people|orders?|entries|items|zeilen|lignes|filas|righe|kunden|clientes)(?: (?:selected|affected|in set|total))?\)?\.?$/iu;
const end = /^(?:[-*=\s]*)?end of (?:file|report|data|list|export)\b.{0,40}$|^[-=_*]{3,}$|^\\?\.$/iu;
/** Words in which a report speaks of itself; one such row makes those around it say the same. */
const report =
  /\b(?:report|generated|export(?:ed)?|printed|prepared|confidential|copyright|all rights reserved|page \d|(?:cash|accrual) basis|do not distribute|erstellt (?:am|von)|gedruckt|vertraulich|bericht|seite \d|rapport|généré|imprimé|confidentiel|informe|generado|impreso|confidencial|rapporto|stampato|riservato|wygenerowano|raport)\b|©|(?:mon|tues|wednes|thurs|fri|satur|sun)day,.*\d{4}/iu;

export interface SniffedFooter {
  /** Rows at the end that are no data. */
  readonly rows: number;
  /** Are they all blank, as a spreadsheet leaves them behind? */
  readonly blank: boolean;
}

/**
 * @param rows the last rows of the file, whole ones.
 * @param width columns of the table.
 */
export function sniffFooter(rows: readonly SampleRow[], width: number): SniffedFooter {
  if (width < 2) return { rows: 0, blank: false };
  const last = rows.findLastIndex((row) => filled(row).length > 0);
  const blank = last < 1 ? 0 : rows.length - 1 - last;
  const below = rowsBelow(blank === 0 ? rows : rows.slice(0, -blank), width);
  return { rows: blank + below, blank: below === 0 };
}

function rowsBelow(rows: readonly SampleRow[], width: number): number {
  let found = 0;
  let at = 0;
  for (; at < Math.min(footerRowsMax, rows.length - 1); at++) {
    const row = rows.at(-1 - at) as SampleRow;
    if (isFooter(row)) found = at + 1;
    else if (filled(row).length > 0 && !isNote(row, width)) break;
  }
  return Math.max(found, reportRows(rows, at));
}

/**
 * Below a blank line a report may say its name and when it was made. Nothing is left out on less than that: the last
 * customer may have a name and nothing else.
 */
function reportRows(rows: readonly SampleRow[], length: number): number {
  const block = rows.slice(rows.length - length);
  const above = rows.at(-1 - length);
  const begins = block.findIndex((row) => filled(row).length > 0);
  const first = block[begins];
  if (first === undefined || above === undefined) return 0;
  const isApart = begins > 0 || first.line > above.line + linesOf(above);
  return isApart && block.some((row) => report.test(filled(row)[0] ?? '')) ? length : 0;
}

/** Text that stands alone in a row of a wider table. */
function isNote(row: SampleRow, width: number): boolean {
  const [text, ...others] = filled(row);
  return width > 2 && text !== undefined && others.length === 0 && ['text', 'date'].includes(cellKind(text));
}

function filled(row: SampleRow): string[] {
  return row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
}

function linesOf(row: SampleRow): number {
  return row.cells.reduce((lines, cell) => lines + (cell.match(/\r\n?|\n/g)?.length ?? 0), 1);
}

function isFooter(row: SampleRow): boolean {
  const [first = '', ...others] = filled(row);
  if (others.length === 0 && (count.test(first) || end.test(first))) return true;
  if (!total.test(first) && !count.test(first)) return false;
  return (
    others.every((cell) => cellKind(cell) === 'number' || count.test(cell)) &&
    (others.length > 0 || row.cells.length === 1)
  );
}
