/** Fields that a file has in pieces: first and last name make the name of whoever receives the parcel. */
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../datasets/define-dataset.ts';
import { type ColumnMapping, leftOut } from './mapping.ts';

/** @returns the entries with the pieces joined where no column feeds the whole. */
export function joinColumns(dataset: Dataset, entries: readonly ColumnMapping[]): ColumnMapping[] {
  return dataset.fields.reduce<ColumnMapping[]>((joined, field) => joinPieces(field, joined), [...entries]);
}

function joinPieces(field: FieldDefinition, entries: ColumnMapping[]): ColumnMapping[] {
  if (field.pieces === undefined || entries.some((entry) => entry.field === field.key)) return entries;
  const found = field.pieces.flatMap((spellings) => {
    const normal = spellings.map(normaliseSpelling);
    return (
      entries.find((entry) => entry.field === null && normal.includes(normaliseSpelling(entry.column))) ?? []
    );
  });
  const [first, ...others] = found.map((entry) => entry.column);
  if (first === undefined) return entries;
  return entries.map((entry) => {
    if (entry.column === first) return whole(entry, field, others);
    return others.includes(entry.column)
      ? leftOut(entry.column, `It is joined to “${first}” as ${field.label}.`)
      : entry;
  });
}

function whole(entry: ColumnMapping, field: FieldDefinition, others: readonly string[]): ColumnMapping {
  return {
    ...entry,
    field: field.key,
    transformations: others.length === 0 ? [] : [{ do: 'join', columns: [...others], separator: ' ' }],
    confidence: 0.85,
    reason: `It is a piece of ${field.label}.`,
  };
}
