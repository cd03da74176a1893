/** The mapping made ready for a file: for each field, how to take its text out of a row. */
import type { ColumnReading } from '../../field-types/field-type.ts';
import type { Column, RowBatch } from '../../file-formats/rows.ts';
import type { Problem } from '../../platform/problems.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { compileTransformations } from '../mapping/transformations.ts';

/** How each field's column is read, by field. */
export type Readings = Readonly<Record<string, ColumnReading>>;

export interface ColumnTarget {
  readonly field: string;
  /** 0-based column of the file, for a problem to name. */
  readonly column: number;
  /** What a person settled about the reading of the column. */
  readonly reading: ColumnReading;
  /** What the file itself says of the column's cells. */
  readonly cells?: Column['cells'];
  /** The text of row i of a batch for this field, transformed. */
  text(batch: RowBatch, i: number): string | Problem;
}

/** @returns the targets in the order of the file's columns. */
export function columnTargets(mapping: Mapping, columns: readonly Column[]): readonly ColumnTarget[] {
  const places = new Map(columns.map((column) => [column.name, column.index]));
  const placeOf = (name: string): number => {
    const place = places.get(name);
    if (place === undefined)
      throw new Error(`The mapping names the column "${name}", which the file has not.`);
    return place;
  };
  return mapping.columns.flatMap((entry): ColumnTarget[] => {
    if (entry.field === null) return [];
    const column = placeOf(entry.column);
    const transform = compileTransformations(entry.transformations, placeOf);
    const text =
      transform === undefined
        ? (batch: RowBatch, i: number): string => batch.cell(i, column)
        : (batch: RowBatch, i: number): string | Problem =>
            transform(batch.cell(i, column), (other) => batch.cell(i, other));
    const reading = settledReading(entry.reading);
    const cells = transform === undefined ? columns[column]?.cells : undefined;
    return [{ field: entry.field, column, reading, text, ...(cells === undefined ? {} : { cells }) }];
  });
}

/** Without the entries that are left open, so that they do not cover what is found. */
function settledReading(reading: Mapping['columns'][number]['reading']): ColumnReading {
  return Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
}
