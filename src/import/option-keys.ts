/** Fields that a run's options name, by any of their spellings. */
import type { Dataset } from '../datasets/define-dataset.ts';
import { AppError } from '../platform/errors.ts';

/** @throws AppError `usage.invalid` for one that the dataset has not. */
export function fieldKeys(dataset: Dataset, spellings: readonly string[]): string[] {
  return spellings.map((spelling) => {
    const key = dataset.keyFor(spelling);
    if (key === undefined)
      throw new AppError('usage.invalid', `${dataset.label} have no field "${spelling.slice(0, 100)}".`);
    return key;
  });
}

/** @throws AppError `usage.invalid` also for a field by which no row finds its record. */
export function matchKeys(dataset: Dataset, spellings: readonly string[]): string[] {
  const keys = fieldKeys(dataset, spellings);
  const matchable = [...dataset.matchKeys, ...(dataset.optionalMatchKeys ?? [])];
  const other = keys.find((key) => !matchable.includes(key));
  if (other === undefined) return keys;
  throw new AppError(
    'usage.invalid',
    `A row cannot find its record by ${other}, only by ${matchable.join(', ')}.`,
  );
}

/** `a, b` → `a`, `b`; nothing of blanks. */
export function listed(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
