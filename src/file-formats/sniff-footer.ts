/** Finds totals at the end of a table, which are not data. */
import { cellKind } from './cell-kind.ts';
import type { SampleRow } from './sample-rows.ts';

const footerRowsMax = 3;
const total =
  /^(?:(?:grand|sub|overall)[ -]?)?totals?\s*:?$|^(?:sum|summe|gesamt|gesamtsumme|zwischensumme|total général|somme|totale|totaal|suma|razem|ogółem|celkem|összesen|toplam|итого|всего|σύνολο|合計|总计|합계)\s*:?$/iu;
const count =
  /^(?:(?:total|count|number of (?:rows|records|customers)|rows|records|anzahl|nombre|zeilen)\s*[:=]?\s*)\d[\d.,' ]*(?:rows?|records?|customers?|entries|items)?$|^\(?\d[\d.,' ]*\s*(?:rows?|records?|customers?|entries|zeilen|lignes|filas|righe)(?: (?:selected|affected|in set|total))?\)?\.?$/iu;
const end = /^(?:[-*=\s]*)?end of (?:file|report|data|list|export)\b.{0,40}$|^[-=_*]{3,}$/iu;

/**
 * @param rows the last rows of the file, whole ones.
 * @param width columns of the table.
 * @returns how many rows at the end are no data.
 */
export function sniffFooter(rows: readonly SampleRow[], width: number): number {
  if (width < 2) return 0;
  let found = 0;
  while (found < footerRowsMax && found < rows.length - 1 && isFooter(rows.at(-1 - found) as SampleRow))
    found++;
  return found;
}

function isFooter(row: SampleRow): boolean {
  const [first = '', ...others] = row.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (others.length === 0 && (count.test(first) || end.test(first))) return true;
  if (!total.test(first) && !count.test(first)) return false;
  return (
    others.every((cell) => cellKind(cell) === 'number' || count.test(cell)) &&
    (others.length > 0 || row.cells.length === 1)
  );
}
