/**
 * Fields that a file has in pieces: first and last name make the name of whoever receives the parcel, a street and its
 * number one line of an address, "van de" and "Berg" a last name.
 */
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import { type ColumnMapping, leftOut } from './mapping.ts';

/** @returns the entries with the pieces joined where no column feeds the whole. */
export function joinColumns(dataset: Dataset, entries: readonly ColumnMapping[]): ColumnMapping[] {
  const whole = dataset.fields.reduce<ColumnMapping[]>(
    (joined, field) => joinPieces(field, joined),
    [...entries],
  );
  return dataset.fields.reduce<ColumnMapping[]>((joined, field) => joinParts(field, joined), whole);
}

/** Columns beside the one that feeds a field, in languages that set them apart; the others write one text anyway. */
const before: Readonly<Record<string, readonly string[]>> = {
  last_name: ['tussenvoegsel', 'tussenvoegsels', 'voorvoegsel', 'namenszusatz', 'namensvorsatz'],
};
// biome-ignore format: a table reads better in lines that are full.
const behind: Readonly<Record<string, readonly string[]>> = {
  address_line1: ['hausnummer', 'hausnr', 'haus nr', 'hnr', 'huisnummer', 'huisnr', 'número', 'numero', 'nº', 'número exterior', 'numero civico', 'nr domu', 'numer domu', 'číslo popisné', 'husnummer', 'дом', 'huisnummer toevoeging', 'toevoeging'],
};

/** A “number” further away is that of something else. */
const nearest = 2;

function joinParts({ key, label }: FieldDefinition, entries: ColumnMapping[]): ColumnMapping[] {
  const fed = entries.find((entry) => entry.field === key && entry.transformations.length === 0);
  if (fed === undefined) return entries;
  const at = entries.indexOf(fed);
  const inFront = besides(before[key] ?? [], entries.slice(Math.max(0, at - nearest), at));
  const after = besides(behind[key] ?? [], entries.slice(at + 1, at + 1 + nearest));
  const [first = fed.column, ...others] = [...inFront, fed.column, ...after];
  return others.length === 0 ? entries : joinInto(entries, { ...fed, column: first }, others, label);
}

/** Those of the columns that feed nothing, in the order of the spellings. */
function besides(spellings: readonly string[], entries: readonly ColumnMapping[]): string[] {
  return spellings.flatMap((spelling) =>
    entries
      .filter(
        ({ field, column }) => field === null && normaliseSpelling(column) === normaliseSpelling(spelling),
      )
      .map(({ column }) => column),
  );
}

function joinPieces(field: FieldDefinition, entries: ColumnMapping[]): ColumnMapping[] {
  if (field.pieces === undefined || entries.some((entry) => entry.field === field.key)) return entries;
  const found = field.pieces.flatMap((spellings) => {
    const normal = spellings.map(normaliseSpelling);
    return (
      entries.find((entry) => entry.field === null && normal.includes(normaliseSpelling(entry.column))) ?? []
    );
  });
  const [first, ...others] = found;
  if (first === undefined) return entries;
  const whole = {
    ...first,
    field: field.key,
    confidence: 0.85,
    reason: `It is a piece of ${field.label}.`,
  };
  return joinInto(
    entries,
    whole,
    others.map(({ column }) => column),
    field.label,
  );
}

/** @param whole stands in the place of its column's entry, and takes in the others; there may be none. */
function joinInto(
  entries: readonly ColumnMapping[],
  whole: ColumnMapping,
  others: readonly string[],
  label: string,
): ColumnMapping[] {
  return entries.map((entry) => {
    if (entry.column === whole.column)
      return {
        ...whole,
        transformations: others.length === 0 ? [] : [{ do: 'join', columns: [...others], separator: ' ' }],
      };
    return others.includes(entry.column)
      ? leftOut(entry.column, `It is joined to “${whole.column}” as ${label}.`)
      : entry;
  });
}
