/**
 * Checks of one row that a caller of a batch asks for, beside those of its dataset. They see rows that are well so far,
 * in the order of the list, and what they find keeps the row out like any other problem.
 */
import type { Dataset } from '../../datasets/define-dataset.ts';
import { Problem } from '../../platform/problems.ts';

export interface CheckedRow {
  /** 1-based place in the list. */
  readonly row: number;
  /** The field's value, canonical; null when the row has none, or has it blank. */
  get(field: string): string | null;
}

export interface FoundProblem {
  /** Null when the row as a whole is meant. */
  readonly field: string | null;
  readonly problem: Problem;
}

export type RowCheck = (row: CheckedRow) => readonly FoundProblem[];

/** Fields that each row has, whether it creates a record or updates one. */
export function requiring(dataset: Dataset, fields: readonly string[]): RowCheck {
  const missing = new Map(
    fields.map((field) => [
      field,
      new Problem('value.required', { field, label: dataset.field(field).label }),
    ]),
  );
  return ({ get }) =>
    [...missing].flatMap(([field, problem]) => (get(field) === null ? [{ field, problem }] : []));
}

export interface Distinct {
  /** The field that the problem is told of. */
  readonly field: string;
  /** How a sentence calls what is compared. */
  readonly label: string;
  /** What is compared, in any case; null where the row has nothing that could be. */
  readonly of: (get: CheckedRow['get']) => string | null;
}

/**
 * No two rows of a call have the same; the first of them counts. It remembers the rows that it has seen: make one for
 * each call.
 */
export function distinct({ field, label, of }: Distinct): RowCheck {
  const seen = new Map<string, number>();
  return ({ row, get }) => {
    const value = of(get);
    if (value === null) return [];
    const earlier = seen.get(value.toLowerCase());
    if (earlier === undefined) {
      seen.set(value.toLowerCase(), row);
      return [];
    }
    const details = { field, label, value: value.slice(0, 100), rows: `${earlier}, ${row}` };
    return [{ field, problem: new Problem('duplicate.in_file', details) }];
  };
}

/** No two rows of a call have the same in a field whose values stand once, such as the e-mail. */
export function distinctValues(dataset: Dataset): RowCheck {
  const checks = dataset.fields
    .filter((field) => field.unique === true)
    .map(({ key, label }) => distinct({ field: key, label, of: (get) => get(key) }));
  return (row) => checks.flatMap((check) => check(row));
}
