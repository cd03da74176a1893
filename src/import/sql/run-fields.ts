/**
 * The fields of one run as SQL: what a new record gets, what a found record has, and what it would get.
 *
 * Names within a statement: `s` is the staged row, `r` the root record that was found, `p_<part>` the part of it;
 * `$1` is the tenant, `$2` the import. `at` and `by` are the SQL of the time of writing and of who writes.
 */

import { identifier, literal } from '../../database/literal.ts';
import { stagedSql, storedJson, storedSql, storedType } from '../../datasets/custom/stored-value.ts';
import type { Bare, Dataset, FieldDefinition, Part, WriteRule } from '../../datasets/define-dataset.ts';
import { fieldType } from '../../field-types/registry.ts';

export interface FieldRules {
  /** Keys that have a staged column in this run: mapped fields and those they imply. */
  readonly staged: ReadonlySet<string>;
  /** Those of them that a column of the file feeds. */
  readonly mapped: ReadonlySet<string>;
  readonly write: Readonly<Record<string, WriteRule>>;
  /** Fields whose empty cells clear what is there; the others leave it. */
  readonly clears: ReadonlySet<string>;
  /** Mapped fields that not every row has: staging's column `given` names those that a row has itself. */
  readonly sparse?: ReadonlySet<string>;
  /** Canonical texts that new records get before the dataset's own defaults, by key. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** References to records that the file itself creates have their ids too; until those records are there, they have none. */
  readonly later?: boolean;
  /** References whose missing records the run makes. */
  readonly missing?: readonly MissingReference[];
}

/** A reference whose missing records the run makes. */
export interface MissingReference {
  readonly field: FieldDefinition;
  readonly target: Dataset;
  readonly bare: Bare;
}

export interface RunFields {
  readonly dataset: Dataset;
  readonly rules: FieldRules;
  /** Fields that an update may change: staged and writable, or following one that is. */
  readonly changing: readonly FieldDefinition[];
  /** Parts that an update may touch, the root left out. */
  readonly touched: readonly Part[];
  typeOf(field: FieldDefinition): string;
  /** Of a field that has a column: one of the tenant's own has none. */
  columnOf(field: FieldDefinition): string;
  ruleOf(field: FieldDefinition): WriteRule;
  /** The staged value; a typed null when the run stages none. */
  staged(key: string): string;
  /** The value of a new record, defaults applied. */
  created(key: string): string;
  /** The value that the found record has, as far as a reader sees it. */
  old(field: FieldDefinition): string;
  /** The value that the found record is to have. */
  updated(field: FieldDefinition): string;
  /** The same for any field, also one that the run does not change. */
  after(key: string): string;
  /** Whether the old and the updated value differ, as SQL. */
  differs(field: FieldDefinition): string;
}

export function runFields(dataset: Dataset, rules: FieldRules): RunFields {
  return new RunFieldSql(dataset, rules);
}

class RunFieldSql implements RunFields {
  readonly dataset: Dataset;
  readonly rules: FieldRules;
  readonly changing: readonly FieldDefinition[];
  readonly touched: readonly Part[];

  constructor(dataset: Dataset, rules: FieldRules) {
    this.dataset = dataset;
    this.rules = rules;
    this.changing = dataset.fields.filter((field) => this.mayChange(field));
    const keys = new Set(this.changing.map((field) => field.part));
    this.touched = dataset.parts.filter((part) => part.kind !== 'root' && keys.has(part.key));
  }

  private mayChange(field: FieldDefinition): boolean {
    if (field.part === 'derived') return false;
    const rule = this.ruleOf(field);
    if (rule === 'never') return false;
    // What only grows cannot be cleared.
    if (rule === 'clear' && this.dataset.part(field.part).kind === 'append') return false;
    if (this.rules.staged.has(field.key)) return field.importable === 'yes';
    return field.follows?.some((key) => this.rules.staged.has(key)) ?? false;
  }

  /** A field that another one implies is written by that one's rule, unless it has its own. */
  ruleOf(field: FieldDefinition): WriteRule {
    const { write } = this.rules;
    const own = write[field.key];
    const implying = this.isImplied(field) ? write[field.impliedBy?.field ?? ''] : undefined;
    return own ?? implying ?? 'overwrite';
  }

  private isImplied(field: FieldDefinition): boolean {
    return field.impliedBy !== undefined && !this.rules.mapped.has(field.key);
  }

  typeOf(field: FieldDefinition): string {
    if (field.custom !== undefined) return storedType(field);
    return field.type === 'reference' ? 'uuid' : fieldType(field.type).sqlType;
  }

  columnOf(field: FieldDefinition): string {
    return identifier(field.column ?? field.key);
  }

  staged(key: string): string {
    const field = this.dataset.field(key);
    if (!this.rules.staged.has(key)) return this.nothing(field);
    if (field.custom !== undefined) return stagedSql('s', field);
    if (field.type !== 'reference') return `s.${identifier(key)}`;
    const id = `p.refs ->> ${literal(key)}`;
    return this.rules.later
      ? `coalesce(p.refs -> 'later' ->> ${literal(key)}, ${id})::uuid`
      : `(${id})::uuid`;
  }

  private nothing(field: FieldDefinition): string {
    return `null::${this.typeOf(field)}`;
  }

  created(key: string): string {
    const field = this.dataset.field(key);
    const fallback = this.preset(field) ?? this.fallback(field, (of) => this.created(of));
    if (!this.rules.staged.has(key) || this.ruleOf(field) === 'clear') return fallback ?? this.nothing(field);
    return fallback === null ? this.staged(key) : `coalesce(${this.staged(key)}, ${fallback})`;
  }

  old(field: FieldDefinition): string {
    if (field.custom !== undefined) return storedSql('r', field);
    const part = this.dataset.part(field.part);
    if (part.kind === 'set') return `p_${part.key}.names`;
    if (part.kind === 'append') return 'null::text';
    if (part.kind === 'root') return `r.${this.columnOf(field)}`;
    const value = `p_${part.key}.${this.columnOf(field)}`;
    // A part that is not there reads as its defaults do, so that importing those changes nothing.
    const constant =
      typeof field.default === 'string' || this.isList(field) ? this.fallback(field, () => 'null') : null;
    return constant === null ? value : `coalesce(${value}, ${constant})`;
  }

  updated(field: FieldDefinition): string {
    const old = this.old(field);
    const part = this.dataset.part(field.part);
    if (part.kind === 'append') return this.staged(field.key);
    if (!this.rules.staged.has(field.key)) return this.followed(field, old);
    const rule = this.ruleOf(field);
    const kept = field.follows === undefined ? old : this.followed(field, old);
    if (rule === 'clear') return this.whereGiven(field, this.cleared(field, old), kept);
    const staged = part.kind === 'set' ? `s_${part.key}.names` : this.staged(field.key);
    if (rule === 'add') return this.added(field, old, staged);
    if (rule === 'fill') return this.filled(field, old, staged);
    if (this.isImplied(field)) return this.implied(field, old);
    const blank = this.rules.clears.has(field.key) ? this.cleared(field, old) : kept;
    if (!this.isSparse(field.key)) return `coalesce(${staged}, ${blank})`;
    if (field.impliedBy === undefined)
      return `coalesce(${staged}, case when ${this.gives(field.key)} then ${blank} else ${kept} end)`;
    return `case when ${this.gives(field.key)} then coalesce(${staged}, ${blank}) else ${this.implied(field, old)} end`;
  }

  private isSparse(key: string): boolean {
    return this.rules.sparse?.has(key) === true;
  }

  /** A row that has not the field, nor the one that implies it, keeps what is there. */
  private whereGiven(field: FieldDefinition, value: string, kept: string): string {
    const key = this.isImplied(field) ? (field.impliedBy?.field ?? field.key) : field.key;
    return this.isSparse(key) ? `case when ${this.gives(key)} then ${value} else ${kept} end` : value;
  }

  /** Whether the row itself has the field, be it blank. */
  private gives(key: string): string {
    return `coalesce(${literal(key)} = any (s.given), false)`;
  }

  after(key: string): string {
    const field = this.dataset.field(key);
    return this.changing.includes(field) ? this.updated(field) : this.old(field);
  }

  differs(field: FieldDefinition): string {
    if (this.dataset.part(field.part).kind === 'append') {
      const { table, ownerColumn } = this.dataset.part(field.part);
      const staged = this.staged(field.key);
      return `${staged} is not null and not exists (select from ${table} n where n.tenant_id = $1 and n.${ownerColumn} = r.id and n.${this.columnOf(field)} = ${staged})`;
    }
    return `${this.updated(field)} is distinct from ${this.old(field)}`;
  }

  /** Blank is what a new record without the field would have. A value that cannot be blank stays. */
  private cleared(field: FieldDefinition, old: string): string {
    const blank = this.fallback(field, (key) => this.current(key));
    if (blank === null) return this.nothing(field);
    return typeof field.default === 'object' ? `coalesce(${blank}, ${old})` : blank;
  }

  private filled(field: FieldDefinition, old: string, staged: string): string {
    if (this.isList(field))
      return `case when cardinality(${old}) > 0 then ${old} else coalesce(${staged}, ${old}) end`;
    return `coalesce(${old}, ${this.impliedIn(field) === null ? staged : `case when ${this.impliedIn(field)} then ${staged} end`})`;
  }

  /** Where a staged value that may be implied counts; null for a field that no row has by implication. */
  private impliedIn(field: FieldDefinition): string | null {
    if (this.isImplied(field)) return this.impliedWhen(field);
    if (field.impliedBy === undefined || !this.isSparse(field.key)) return null;
    return `(${this.gives(field.key)} or ${this.impliedWhen(field)})`;
  }

  /**
   * It goes with the field that implies it: where that one is blank or as it was, or the record is none of its kind, it
   * stays. A file that went out without the field comes back without a change.
   */
  private implied(field: FieldDefinition, old: string): string {
    const by = this.dataset.field(field.impliedBy?.field ?? '');
    const isBlanked = this.rules.clears.has(by.key) && by.default === undefined;
    const given = this.isSparse(by.key) ? this.gives(by.key) : 'true';
    const written = isBlanked ? given : `${this.staged(by.key)} is not null`;
    const isOther = `${this.staged(by.key)} is distinct from ${this.old(by)}`;
    return `case when ${written} and ${isOther} and ${this.impliedWhen(field)} then ${this.staged(field.key)} else ${old} end`;
  }

  private impliedWhen(field: FieldDefinition): string {
    return field.impliedBy?.when?.((key) => this.stated(this.dataset.field(key))) ?? 'true';
  }

  /** What the file says of a field, else what the record has: without its default, which may be made of the field asked for. */
  private stated(field: FieldDefinition): string {
    return this.changing.includes(field)
      ? `coalesce(${this.staged(field.key)}, ${this.old(field)})`
      : this.old(field);
  }

  /** A default made of other fields is kept up while nobody has written over it. Most rows change none of those. */
  private followed(field: FieldDefinition, old: string): string {
    const before = this.fallback(field, (key) => this.old(this.dataset.field(key)));
    const after = this.fallback(field, (key) => this.current(key));
    const followed = this.changing.filter(
      ({ key, follows }) => follows === undefined && field.follows?.includes(key),
    );
    const moved = followed.map((source) => `(${this.differs(source)})`).join(' or ') || 'false';
    return `case when (${moved}) and ${old} is not distinct from ${before} then coalesce(${after}, ${old}) else ${old} end`;
  }

  /** The value a field will have after the update, whether or not the run writes it. */
  private current(key: string): string {
    const field = this.dataset.field(key);
    return this.changing.includes(field) && field.follows === undefined
      ? this.updated(field)
      : this.old(field);
  }

  private added(field: FieldDefinition, old: string, staged: string): string {
    if (!this.isList(field)) return `coalesce(${staged}, ${old})`;
    if (this.dataset.part(field.part).kind === 'set')
      return `array(select distinct name from unnest(${old} || ${staged}) u(name) order by name)`;
    return `${old} || array(select a from unnest(${staged}) with ordinality u(a, n) where a <> all (${old}) order by n)`;
  }

  private isList(field: FieldDefinition): boolean {
    return this.typeOf(field) === 'text[]';
  }

  private preset(field: FieldDefinition): string | null {
    const text = this.rules.defaults?.[field.key];
    if (text === undefined) return null;
    const isStoredAsJson = field.custom !== undefined && storedType(field) === 'jsonb';
    return `${literal(isStoredAsJson ? storedJson(field, text) : text)}::${this.typeOf(field)}`;
  }

  private fallback(field: FieldDefinition, of: (key: string) => string): string | null {
    if (typeof field.default === 'object') return field.default.sql(of);
    if (field.default !== undefined) return `${literal(field.default)}::${this.typeOf(field)}`;
    return this.isList(field) ? `'{}'::text[]` : null;
  }
}
