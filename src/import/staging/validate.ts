/**
 * Validate: cells become values or problems. A row whose every cell is well becomes a line for COPY; one with a
 * problem stays out, with all of its problems. The readers are compiled once for the run, column by column.
 */
import type { Dataset, DeriveContext, DraftRow } from '../../datasets/define-dataset.ts';
import { compileColumn } from '../../field-types/column.ts';
import type { FieldLimits } from '../../field-types/field-type.ts';
import type { RowBatch, RowFault } from '../../file-formats/rows.ts';
import { Problem, type ProblemCode, type ProblemDetails, problemTexts } from '../../platform/problems.ts';
import type { ColumnTarget, Readings } from './column-targets.ts';

/** A problem with its place, as it is kept. */
export interface RowProblem {
  readonly row: number;
  readonly column_index: number | null;
  readonly field: string | null;
  readonly code: ProblemCode;
  readonly details: ProblemDetails;
  readonly line: number;
  readonly byte_offset: number;
  readonly warning: boolean;
}

export interface Validated {
  /** How many rows of the batch are well. */
  readonly rows: number;
  readonly invalid: number;
  /** What keeps rows out, and what is odd about rows that go in. */
  readonly problems: readonly RowProblem[];
}

export interface Validator {
  /** Staging columns in the order of the values. */
  readonly staged: readonly string[];
  /** @param take gets each row that is well. The array is used again for the next row: copy what is to be kept. */
  validate(batch: RowBatch, take: (row: number, values: readonly (string | null)[]) => void): Validated;
}

export interface ValidatorOptions {
  readonly dataset: Dataset;
  readonly targets: readonly ColumnTarget[];
  readonly readings: Readings;
  /** ISO 3166 alpha-2; for phone numbers that name no country. */
  readonly country: string | undefined;
}

export function compileValidator(options: ValidatorOptions): Validator {
  return new RowValidator(options);
}

interface Reader {
  readonly target: ColumnTarget;
  readonly slot: number;
  readonly read: (cell: string) => string | null | Problem;
}

/** A name in a set is as long as the table of names allows. */
function limitsOf(dataset: Dataset, key: string): FieldLimits {
  const field = dataset.field(key);
  const names = field.part === 'derived' ? undefined : dataset.part(field.part).names;
  return names === undefined ? field : { ...field, max: names.max };
}

class RowValidator implements Validator {
  readonly staged: readonly string[];
  private readonly readers: readonly Reader[];
  private readonly derive: Dataset['derive'];
  private readonly context: DeriveContext;
  private readonly draft: SlottedRow;
  private readonly columns: ReadonlyMap<string, number>;
  /** Keys by which the rows of one record are known to belong together; none where each row is one. */
  private readonly gatheredBy: readonly string[];
  private problems: RowProblem[] = [];

  constructor({ dataset, targets, readings, country }: ValidatorOptions) {
    const mapped = new Set(targets.map((target) => target.field));
    const implied = dataset.implied?.(mapped) ?? [];
    this.staged = [...new Set([...mapped, ...implied])];
    this.readers = targets.map((target) => ({
      target,
      slot: this.staged.indexOf(target.field),
      read: compileColumn(limitsOf(dataset, target.field), readings[target.field] ?? {}),
    }));
    this.derive = dataset.derive;
    this.context = { country, mapped };
    this.draft = new SlottedRow(this.staged);
    this.gatheredBy = dataset.gathered === undefined ? [] : dataset.matchKeys;
    this.columns = new Map(targets.map((target) => [target.field, target.column]));
  }

  validate(batch: RowBatch, take: (row: number, values: readonly (string | null)[]) => void): Validated {
    this.problems = [];
    const faulty = faultyRows(batch.faults);
    for (const fault of batch.faults) this.problems.push(problemOfFault(batch, fault, null));
    for (const warning of batch.warnings)
      this.problems.push(problemOfFault(batch, warning, this.fieldOf(warning.column)));
    let invalid = 0;
    for (let i = 0; i < batch.length; i += 1) {
      if (!faulty.has(batch.first + i) && this.readRow(batch, i)) take(batch.first + i, this.draft.values);
      else invalid += 1;
      if (this.gatheredBy.length > 0) this.nameRecord(batch.first + i);
    }
    return { rows: batch.length - invalid, invalid, problems: this.problems };
  }

  /** The field that a column feeds; null when it feeds none. */
  private fieldOf(column: number | undefined): string | null {
    return this.readers.find(({ target }) => target.column === column)?.target.field ?? null;
  }

  /** A row that stays out takes the rest of its record with it: the check knows that record by the row's first key. */
  private nameRecord(row: number): void {
    const problem = this.problems.at(-1);
    if (problem?.row !== row || problem.warning) return;
    const key = this.gatheredBy.find((candidate) => this.draft.get(candidate) !== null);
    if (key === undefined) return;
    const details = { ...problem.details, record: `${key} ${this.draft.get(key)}` };
    this.problems.splice(-1, 1, { ...problem, details });
  }

  /** @returns whether the row is well; its values stand in the draft. */
  private readRow(batch: RowBatch, i: number): boolean {
    const { draft } = this;
    draft.clear();
    let well = true;
    for (const { target, slot, read } of this.readers) {
      const text = target.text(batch, i);
      const value = typeof text === 'string' ? read(text) : text;
      if (value instanceof Problem) {
        well = false;
        this.problems.push(
          problemAt(batch, i, { column: target.column, field: target.field, problem: value }),
        );
      } else draft.values[slot] = value;
    }
    if (!well || this.derive === undefined) return well;
    this.derive(draft, this.context);
    for (const failure of draft.failures) {
      this.problems.push(
        problemAt(batch, i, { column: this.columns.get(failure.field) ?? null, ...failure }),
      );
    }
    return draft.failures.length === 0;
  }
}

/** A row's values by slot, behind the keys by which a dataset's rules speak of them. */
class SlottedRow implements DraftRow {
  readonly values: (string | null)[];
  failures: { field: string; problem: Problem }[] = [];
  private readonly slots: ReadonlyMap<string, number>;

  constructor(keys: readonly string[]) {
    this.slots = new Map(keys.map((key, slot) => [key, slot]));
    this.values = keys.map(() => null);
  }

  clear(): void {
    this.values.fill(null);
    if (this.failures.length > 0) this.failures = [];
  }

  get(key: string): string | null {
    const slot = this.slots.get(key);
    return slot === undefined ? null : (this.values[slot] ?? null);
  }

  set(key: string, value: string | null): void {
    const slot = this.slots.get(key);
    if (slot !== undefined) this.values[slot] = value;
  }

  fail(key: string, code: ProblemCode, details?: ProblemDetails): void {
    this.failures.push({ field: key, problem: new Problem(code, details) });
  }
}

const noRows: ReadonlySet<number> = new Set();

/** Rows that are kept out as they stand. */
export function faultyRows(faults: readonly RowFault[]): ReadonlySet<number> {
  if (faults.length === 0) return noRows;
  return new Set(faults.filter((fault) => !isWarning(fault.code)).map((fault) => fault.row));
}

function isWarning(code: ProblemCode): boolean {
  return problemTexts[code].warning === true;
}

function problemOfFault(batch: RowBatch, fault: RowFault, field: string | null): RowProblem {
  return {
    row: fault.row,
    column_index: fault.column ?? null,
    field,
    code: fault.code,
    details: fault.details ?? {},
    line: batch.line(fault.row - batch.first),
    byte_offset: fault.offset,
    warning: isWarning(fault.code),
  };
}

function problemAt(
  batch: RowBatch,
  i: number,
  at: { column: number | null; field: string; problem: Problem },
): RowProblem {
  return {
    row: batch.first + i,
    column_index: at.column,
    field: at.field,
    code: at.problem.code,
    details: at.problem.details,
    line: batch.line(i),
    byte_offset: batch.offset(i),
    warning: isWarning(at.problem.code),
  };
}
