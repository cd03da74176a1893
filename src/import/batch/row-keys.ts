/**
 * Which field each key of a JSON row means: by the field's key, label or any alias, whatever its case and whether its
 * words are apart by `_`, `-`, a space or a capital. Each row has keys of its own; rows with the same keys share what
 * is found out about them.
 */
import type { Dataset } from '../../datasets/define-dataset.ts';
import { normaliseSpelling } from '../../field-types/spelling.ts';
import { Problem } from '../../platform/problems.ts';

export interface Shape {
  /** Keys of the fields that the row has, sorted. */
  readonly fields: readonly string[];
  /** The row's own key for each of them. */
  readonly keys: readonly string[];
  /** The row's key that names the record to write to, where rows have one. */
  readonly target: string | undefined;
  /** Keys of the row that mean one field together. */
  readonly doubled: readonly { readonly field: string; readonly problem: Problem }[];
}

export class RowKeys {
  /** Keys of rows that mean no field, or one that cannot be imported, as they were first written. */
  readonly ignored = new Set<string>();
  /** The first spelling of each field. */
  readonly spellings = new Map<string, string>();
  private readonly dataset: Dataset;
  private readonly target: string | undefined;
  private readonly fieldOfKey = new Map<string, string | null>();
  private readonly shapes = new Map<string, Shape>();
  private lastKeys: readonly string[] = [];
  private lastShape: Shape | undefined;

  /** @param target the key that names the record to write to, where rows have one: no field then means its id. */
  constructor(dataset: Dataset, target?: string) {
    this.dataset = dataset;
    this.target = target === undefined ? undefined : normaliseSpelling(target);
  }

  shapeOf(row: object): Shape {
    const keys = Object.keys(row);
    if (this.lastShape !== undefined && isSame(keys, this.lastKeys)) return this.lastShape;
    const name = JSON.stringify(keys);
    const shape = this.shapes.get(name) ?? this.findShape(keys);
    this.shapes.set(name, shape);
    this.lastKeys = keys;
    this.lastShape = shape;
    return shape;
  }

  private findShape(keys: readonly string[]): Shape {
    const byField = new Map<string, string[]>();
    let target: string | undefined;
    for (const key of keys) {
      if (this.target !== undefined && normaliseSpelling(key) === this.target) {
        target = key;
        continue;
      }
      const field = this.meaningOf(key);
      if (field === null) this.ignored.add(key);
      else byField.set(field, [...(byField.get(field) ?? []), key]);
    }
    const fields = [...byField.keys()].sort();
    for (const [field, [first = field]] of byField)
      if (!this.spellings.has(field)) this.spellings.set(field, first);
    return {
      fields,
      keys: fields.map((field) => byField.get(field)?.[0] ?? field),
      target,
      doubled: [...byField].flatMap(([field, same]) =>
        same.length === 1 ? [] : [{ field, problem: this.doubledProblem(field, same) }],
      ),
    };
  }

  private meaningOf(key: string): string | null {
    const known = this.fieldOfKey.get(key);
    if (known !== undefined) return known;
    const found = this.dataset.keyFor(key);
    const importable = found === undefined ? 'no' : this.dataset.field(found).importable;
    const isWritable = importable !== 'no' && !(importable === 'match' && this.target !== undefined);
    const field = isWritable && found !== undefined ? found : null;
    this.fieldOfKey.set(key, field);
    return field;
  }

  private doubledProblem(field: string, keys: readonly string[]): Problem {
    const named = keys.map((key) => `"${key.slice(0, 100)}"`).join(' and ');
    return new Problem('row.rule', {
      reason: `The keys ${named} both mean ${this.dataset.field(field).label}`,
    });
  }
}

function isSame(keys: readonly string[], others: readonly string[]): boolean {
  return keys.length === others.length && keys.every((key, i) => key === others[i]);
}
