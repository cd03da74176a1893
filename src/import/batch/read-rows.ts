/**
 * JSON rows become values or problems, by the very validators that files go through. A validator is compiled once for
 * each set of fields that rows have, and kept: the next call mostly brings the same.
 */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { ColumnReading } from '../../field-types/field-type.ts';
import type { RowBatch } from '../../file-formats/rows.ts';
import { Problem, type ProblemCode, type ProblemDetails } from '../../platform/problems.ts';
import { compileValidator, type Validator } from '../staging/validate.ts';
import { jsonCell } from './json-cell.ts';
import type { RowCheck } from './row-checks.ts';
import { RowKeys } from './row-keys.ts';

export interface BatchProblem {
  /** 1-based place in the list. */
  readonly row: number;
  readonly field: string | null;
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
}

/** A row that is well, as it goes into staging. */
export interface ReadRow {
  readonly row: number;
  /** Values under the columns of the row's own set of fields. */
  readonly values: readonly (string | null)[];
  readonly of: RowSet;
}

/** What rows with the same fields have in common. */
export interface RowSet {
  /** Fields that the rows have themselves, sorted. */
  readonly fields: readonly string[];
  /** Staging columns, in the order of the values. */
  readonly staged: readonly string[];
}

export interface ReadRows {
  readonly rowsRead: number;
  /** In the order of the list. */
  readonly rows: readonly ReadRow[];
  readonly problems: readonly BatchProblem[];
  readonly sets: readonly RowSet[];
  /** The first spelling of each field that some row has. */
  readonly spellings: ReadonlyMap<string, string>;
  /** Keys that mean no field that can be imported. */
  readonly ignoredKeys: readonly string[];
  /** What names the record to write to, by row, where rows have such a key. */
  readonly targets: ReadonlyMap<number, string>;
  /** Length and SHA-256, hexadecimal, of the rows' texts: the same rows have the same. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface ReadOptions {
  readonly dataset: Dataset;
  readonly reading: ColumnReading;
  /** ISO 3166 alpha-2, for phones that name no country. */
  readonly country: string | undefined;
  /** The key of a row that names the record to write to. */
  readonly target?: string;
  readonly checks?: readonly RowCheck[];
  readonly rowsBefore?: number;
}

interface Group extends RowSet {
  readonly validator: Validator;
  readonly rows: number[];
  readonly cells: string[][];
}

export function readRows(rows: readonly unknown[], options: ReadOptions): ReadRows {
  const reader = new BatchReader(options);
  rows.forEach((row, i) => {
    reader.add(row, i + 1);
  });
  return reader.finish(rows.length);
}

class BatchReader {
  private readonly options: ReadOptions;
  private readonly keys: RowKeys;
  private readonly groups = new Map<string, Group>();
  private readonly problems: BatchProblem[] = [];
  /** Rows that have a problem before any value of theirs is read. */
  private readonly faulty = new Set<number>();
  private readonly targets = new Map<number, string>();

  constructor(options: ReadOptions) {
    this.options = options;
    this.keys = new RowKeys(options.dataset, options.target);
  }

  add(row: unknown, number: number): void {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      const reason = `it is ${row === null ? 'null' : Array.isArray(row) ? 'a list' : `a ${typeof row}`}`;
      this.fault(number, null, new Problem('row.unreadable', { format: 'a JSON object', reason }));
      return;
    }
    const shape = this.keys.shapeOf(row);
    const values = row as Readonly<Record<string, unknown>>;
    if (shape.target !== undefined) this.addTarget(number, values[shape.target]);
    for (const { field, problem } of shape.doubled) this.fault(number, field, problem);
    const group = this.groupOf(shape.fields);
    const { dataset, reading } = this.options;
    const cells = shape.fields.map((key, i) => {
      const cell = jsonCell(values[shape.keys[i] as string], dataset.field(key), reading.decimal);
      if (typeof cell === 'string') return cell;
      this.fault(number, key, cell);
      return '';
    });
    group.rows.push(number);
    group.cells.push(cells);
  }

  private addTarget(row: number, value: unknown): void {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (text !== '' && !text.includes('\0') && text.isWellFormed()) this.targets.set(row, text);
  }

  private fault(row: number, field: string | null, { code, details }: Problem): void {
    this.faulty.add(row);
    this.problems.push({ row, field, code, details });
  }

  private groupOf(fields: readonly string[]): Group {
    const name = fields.join(' ');
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const validator = validatorFor(fields, this.options);
    const group = { fields, staged: validator.staged, validator, rows: [], cells: [] };
    this.groups.set(name, group);
    return group;
  }

  finish(rowsRead: number): ReadRows {
    const rows: ReadRow[] = [];
    const hash = createHash('sha256');
    let bytes = 0;
    for (const group of this.groups.values()) {
      const text = JSON.stringify([group.fields, group.rows, group.cells]);
      bytes += Buffer.byteLength(text);
      hash.update(text);
      this.validate(group, rows);
    }
    return {
      rowsRead,
      rows: this.checked(rows.sort((a, b) => a.row - b.row)),
      problems: this.problems.sort((a, b) => a.row - b.row),
      sets: [...this.groups.values()],
      spellings: this.keys.spellings,
      ignoredKeys: [...this.keys.ignored],
      targets: this.targets,
      bytes,
      sha256: hash.digest('hex'),
    };
  }

  /** @returns the rows in which the caller's own checks find nothing. */
  private checked(rows: readonly ReadRow[]): readonly ReadRow[] {
    const { checks = [], rowsBefore = 0 } = this.options;
    if (checks.length === 0) return rows;
    const slots = new Map(
      [...this.groups.values()].map((of): [RowSet, Map<string, number>] => [
        of,
        new Map(of.staged.map((field, i) => [field, i])),
      ]),
    );
    return rows.filter(({ row, values, of }) => {
      const slotOf = slots.get(of);
      const get = (field: string): string | null => values[slotOf?.get(field) ?? -1] ?? null;
      const found = checks.flatMap((check) => check({ row: row + rowsBefore, get }));
      for (const { field, problem } of found)
        this.problems.push({ row, field, code: problem.code, details: problem.details });
      return found.length === 0;
    });
  }

  private validate(group: Group, rows: ReadRow[]): void {
    const numberOf = (i: number): number => group.rows[i - 1] as number;
    const { problems } = group.validator.validate(batchOf(group.cells), (i, values) => {
      const row = numberOf(i);
      if (!this.faulty.has(row)) rows.push({ row, values: [...values], of: group });
    });
    for (const { row, field, code, details } of problems)
      this.problems.push({ row: numberOf(row), field, code, details });
  }
}

/** Rows of one set of fields, numbered from 1, as the validators read them. */
function batchOf(cells: readonly (readonly string[])[]): RowBatch {
  return {
    length: cells.length,
    first: 1,
    width: (i) => cells[i]?.length ?? 0,
    cell: (i, column) => cells[i]?.[column] ?? '',
    line: (i) => i + 1,
    offset: () => 0,
    faults: [],
    warnings: [],
  };
}

/** By dataset, which a tenant may have otherwise than others: validators by what they were compiled for, the one used longest ago first. */
const compiled = new WeakMap<Dataset, Map<string, Validator>>();
const compiledMax = 200;

function validatorFor(fields: readonly string[], { dataset, reading, country }: ReadOptions): Validator {
  const ofDataset = compiled.get(dataset) ?? new Map<string, Validator>();
  compiled.set(dataset, ofDataset);
  const name = JSON.stringify([fields, reading, country]);
  const validator = ofDataset.get(name) ?? compile(fields, { dataset, reading, country });
  ofDataset.delete(name);
  ofDataset.set(name, validator);
  const [oldest] = ofDataset.keys();
  if (ofDataset.size > compiledMax && oldest !== undefined) ofDataset.delete(oldest);
  return validator;
}

function compile(fields: readonly string[], { dataset, reading, country }: ReadOptions): Validator {
  return compileValidator({
    dataset,
    targets: fields.map((field, column) => ({
      field,
      column,
      reading,
      text: (batch: RowBatch, i: number) => batch.cell(i, column),
    })),
    readings: Object.fromEntries(fields.map((field) => [field, reading])),
    country,
  });
}
