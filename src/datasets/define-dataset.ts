/**
 * A dataset is a kind of record that can be moved in and out: customers, addresses … It declares its fields once;
 * the check of a row, the staging columns, the merge, the mapping's suggestions and the reference derive from it.
 *
 * Glossary: a *part* is a table that holds some of a dataset's fields. The root part has one row a record; a
 * *profile* has at most one row beside it; a *child* has many, of which the record shows one; a *set* holds the
 * names a record belongs to; an *append* part only grows.
 */
import type { FieldLimits } from '../field-types/field-type.ts';
import { normaliseSpelling } from '../field-types/spelling.ts';
import type { ProblemCode, ProblemDetails } from '../platform/problems.ts';

/** May an import write it: always, only when it creates, never, or only to find the record by. */
export type Importable = 'yes' | 'create-only' | 'match' | 'no';

export type WriteRule = 'overwrite' | 'fill' | 'never' | 'add' | 'clear';

/** The SQL of a field's value within some query; how a rule names the fields it speaks of. */
export type ColumnOf = (key: string) => string;

export interface FieldDefinition extends FieldLimits {
  /** Other spellings of the header, in any case; `_`, `-` and spaces are alike. */
  readonly aliases?: readonly string[];
  readonly importable: Importable;
  readonly exportable: boolean;
  /** Chosen when nobody chooses. */
  readonly exportDefault?: boolean;
  /** Key of the part that keeps it; `derived` when no column does. */
  readonly part: string;
  /** Column in the part, when it is not the key. */
  readonly column?: string;
  /** Of a derived field: its value, from the columns of the root. */
  readonly sql?: (column: (name: string) => string) => string;
  /** What a new record gets when the file says nothing: a canonical text, or SQL over the new record's other fields. */
  readonly default?: string | { readonly sql: (of: ColumnOf) => string };
  /** The default follows the fields it is made of: when those change and the value still is the old default, it changes too. */
  readonly follows?: readonly string[];
  /** Further columns of the part that are written whenever the field is, such as the time that goes with a state. */
  readonly alongside?: readonly AlongsideColumn[];
  /** Spellings of the columns that a file may have in its place, piece by piece; they are joined by a space. */
  readonly pieces?: readonly (readonly string[])[];
  /**
   * The field whose value gives this one its own where no column does: it is then written, or cleared, along with it,
   * in records for which `when` holds (SQL over the record as it will be).
   */
  readonly impliedBy?: { readonly field: string; readonly when?: (of: ColumnOf) => string };
  /** Unique in a tenant among live records. */
  readonly unique?: boolean;
  /** Column in the same part for the normal form that is compared and indexed (phone → phone_e164). */
  readonly normalColumn?: string;
  /** An index of its own finds records by its value, though it is not unique: lists are sorted by it. */
  readonly indexed?: boolean;
  /**
   * Column in the same part for an amount as a whole number of ten-thousandths, at the ends of a bigint where it is
   * more: what an index is asked by, since row security lets none be asked by a numeric.
   */
  readonly scaledColumn?: string;
  /** A reference's target, and the fields of it by which a file may name one, in order. */
  readonly reference?: ReferenceTarget;
  /** Read only by roles with `read_sensitive`. */
  readonly sensitive?: boolean;
  /** A field of the tenant's own, kept under its key in the root's JSON column `custom`: see custom/custom-field.ts. */
  readonly custom?: CustomStorage;
  /** The table that lists the values there are, by their `name`, and what one is called; a run that may adds the new ones. */
  readonly listedIn?: { readonly table: string; readonly singular: string };
}

export interface CustomStorage {
  /** Of the definition. */
  readonly id: string;
  /** Which one of it: it grows when type or limits change. */
  readonly revision: number;
  /** Whether its values stand in `custom_values` too. */
  readonly isIndexed: boolean;
  /** For an undo: the definition is another one since, so that its values stay as they are. */
  readonly isFrozen?: boolean;
}

export interface ReferenceTarget {
  readonly dataset: string;
  readonly by: readonly string[];
  /** The target's column that the field holds, where it is not the id. */
  readonly key?: string;
}

export interface AlongsideColumn {
  readonly column: string;
  readonly sqlType: string;
  /** The column's new value, from SQL of the field's new value, the time of writing, and the part's columns as they were. */
  readonly sql: (value: string, at: string, old: (column: string) => string) => string;
}

export interface Part {
  readonly key: string;
  readonly table: string;
  readonly kind: 'root' | 'profile' | 'child' | 'set' | 'append';
  /** Column that names the root record. */
  readonly ownerColumn?: string;
  /** Profile: SQL over the new record that says when a new record gets this row even without a value for it. */
  readonly alwaysWhen?: (of: ColumnOf) => string;
  /** Child: which of many the record shows, as ORDER BY over the part's columns. */
  readonly shownFirst?: string;
  /** Child: the columns of `shownFirst` that hold for at most one row of a record, so that most are found by a plain join. */
  readonly shownFlag?: string;
  /** Set: the table that has the names, the column by which a membership points to it, and the most characters of a name. */
  readonly names?: { readonly table: string; readonly column: string; readonly max: number };
  /** Append: the root's column that counts the rows. */
  readonly countColumn?: string;
  /** Columns of a new row that are no fields of the dataset, as SQL. */
  readonly fixed?: (of: ColumnOf, at: string, by: string) => Readonly<Record<string, string>>;
}

/** A rule over a row that is to become a new record. */
export interface CreateRule {
  readonly field: string;
  /** SQL over the staged row: true when the field lacks. */
  readonly lacks: (of: ColumnOf) => string;
}

/** A flag that at most one record of an owner has; `within` is the reference that names the owner. */
export interface Exclusive {
  readonly field: string;
  readonly within: string;
}

export interface Numbers {
  readonly field: string;
  readonly counter: string;
  readonly prefix: string;
  /** A field whose value is the number of a new record that has no other. */
  readonly instead?: string;
}

/** Figures that other records keep of these: what a customer has ordered. They follow each write in its transaction. */
export interface Figures {
  /** The reference that names the record which keeps them. */
  readonly through: string;
  readonly table: string;
  /** Makes them anew from the records that are there. `$1` tenant, `$2` ids (uuid[]) of records that keep them, locked by then. */
  readonly refresh: string;
}

/** Rows that make one record together, such as the lines of an order. */
export interface Gathered {
  /** The field that keeps the list; gathered unless a row has it itself. */
  readonly field: string;
  /** What each row adds to the list: the object's keys, each with the field of the row that it is read from. */
  readonly entry: Readonly<Record<string, { readonly field: string; readonly otherwise?: string }>>;
}

/** What makes a record that rows of other datasets name, and nobody has, in a run that may make such. */
export interface Bare {
  /** The field that the record is named by. */
  readonly by: string;
  /** SQL: a text as that field would have it; null where the field cannot. */
  readonly keyOf: (text: string) => string;
  /** Fields that have the same text, since a record needs them. */
  readonly alike: readonly string[];
  /** Canonical texts of further fields. */
  readonly values: Readonly<Record<string, string>>;
}

/** Values of one row under their keys, canonical; null is blank. Only fields with a staged column are there. */
export interface DraftRow {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
  fail(key: string, code: ProblemCode, details?: ProblemDetails): void;
}

export interface DatasetDefinition {
  readonly key: string;
  readonly label: string;
  /** 'customer': how a sentence names one. */
  readonly singular: string;
  readonly parts: readonly Part[];
  readonly fields: readonly FieldDefinition[];
  /** The field that is given out when a new record has none: its tenant counter, and the text before six digits or more. */
  readonly numbers?: Numbers;
  readonly bare?: Bare;
  /** Tables of records that belong to one, beside its parts, with the column that names it: while there are any, it is not removed. */
  readonly dependents?: readonly { readonly table: string; readonly column: string }[];
  readonly figures?: readonly Figures[];
  readonly gathered?: Gathered;
  /** The rows of the root are a child of another dataset too: its part, and the column that names its record. */
  readonly partOf?: { readonly part: string; readonly ownerColumn: string };
  /** Deleted records stay, with `deleted_at` set, and may be restored. */
  readonly softDeletes?: boolean;
  /** Fields by which a row finds its record, tried in this order. */
  readonly matchKeys: readonly string[];
  /** Further fields by which it may, when asked. */
  readonly optionalMatchKeys?: readonly string[];
  /** Fields in which a text is looked for. */
  readonly searched?: readonly string[];
  /** What finds records by index: the function's name, given words of the fields `searched`, and tags of the field `tags`. */
  readonly finder?: { readonly name: string; readonly tags: string };
  /** Records without a key of their own are found by these fields together, compared without regard to case. */
  readonly identity?: readonly string[];
  /** Flags that pass from one record of an owner to another: whoever has one gives it up to the row that claims it. */
  readonly exclusive?: readonly Exclusive[];
  /** Fields an import asks for unless told otherwise; the run's `require` replaces them. */
  readonly requiredByDefault?: readonly string[];
  /** What a new record must have, whatever the run says. */
  readonly createRules?: readonly CreateRule[];
  /**
   * Fields that a file's other fields imply, given the fields it maps (a full name gives first and last name).
   * They are staged beside the mapped ones and filled by `derive`.
   */
  readonly implied?: (mapped: ReadonlySet<string>) => readonly string[];
  /** Runs on each valid row: fills implied fields, and checks rules across fields. */
  readonly derive?: (row: DraftRow, context: DeriveContext) => void;
}

export interface DeriveContext {
  /** ISO 3166 alpha-2 of the run or the tenant; for phones without a country. */
  readonly country: string | undefined;
  readonly mapped: ReadonlySet<string>;
}

export interface Dataset extends DatasetDefinition {
  field(key: string): FieldDefinition;
  has(key: string): boolean;
  part(key: string): Part;
  readonly root: Part;
  /** Fields an import can write or match by. */
  readonly importable: readonly FieldDefinition[];
  /** The canonical key for a header, alias or label in any spelling; undefined when none claims it. */
  keyFor(spelling: string): string | undefined;
}

/** Keys of the fields that decide whether a record has a profile whatever values it has for it; none for other parts. */
export function decidedBy({ alwaysWhen }: Part): string[] {
  const asked = new Set<string>();
  alwaysWhen?.((key) => {
    asked.add(key);
    return 'null';
  });
  return [...asked];
}

/** @throws Error when two fields claim one spelling, or a field names a part that is not there. A bug of ours. */
export function defineDataset(definition: DatasetDefinition): Dataset {
  const fields = new Map(definition.fields.map((field) => [field.key, field]));
  const parts = new Map(definition.parts.map((part) => [part.key, part]));
  const spellings = claimSpellings(definition);
  const root = definition.parts.find((part) => part.kind === 'root');
  if (root === undefined) throw new Error(`The dataset ${definition.key} has no root part.`);
  for (const field of definition.fields) {
    if (field.part !== 'derived' && !parts.has(field.part)) {
      throw new Error(
        `The field ${definition.key}.${field.key} names the part ${field.part}, which is not there.`,
      );
    }
  }
  return {
    ...definition,
    root,
    importable: definition.fields.filter((field) => field.importable !== 'no'),
    has: (key) => fields.has(key),
    field: (key) => known(fields.get(key), `field ${definition.key}.${key}`),
    part: (key) => known(parts.get(key), `part ${definition.key}.${key}`),
    keyFor: (spelling) => spellings.get(normaliseSpelling(spelling)),
  };
}

function claimSpellings(definition: DatasetDefinition): Map<string, string> {
  const claimed = new Map<string, string>();
  for (const field of definition.fields) {
    for (const spelling of [field.key, field.label, ...(field.aliases ?? [])]) {
      const normal = normaliseSpelling(spelling);
      const holder = claimed.get(normal);
      // What a tenant calls a field of its own gives way: a later version of the program may bring the name.
      const givesWay = field.custom !== undefined && (holder !== undefined || normal === '');
      if (givesWay) continue;
      if (holder !== undefined && holder !== field.key) {
        throw new Error(
          `"${spelling}" is claimed by ${definition.key}.${holder} and ${definition.key}.${field.key}.`,
        );
      }
      claimed.set(normal, field.key);
    }
  }
  return claimed;
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
}
