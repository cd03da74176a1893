/**
 * A field type is one way that a value and its text belong together. It reads the text of a cell to the
 * canonical text of the value (what PostgreSQL takes for the column), and writes it back. Both directions of a
 * type stand in one file, and one law holds for them all: what `write` wrote, read with the same time zone and
 * currency, is the canonical text again.
 *
 *     '  Yes '  --read-->  'true'   --write data-->  'true'    --write spreadsheet-->  'Yes'
 *
 * A value has one canonical text: numbers without needless zeros, points in time in UTC, addresses in lower case.
 */
import type { Problem } from '../platform/problems.ts';

export type FieldTypeName =
  | 'text'
  | 'email'
  | 'phone'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'enum'
  | 'tags'
  | 'json'
  | 'url'
  | 'country'
  | 'currency'
  | 'timezone'
  | 'uuid'
  | 'reference';

/** What a shape makes of a JSON value: the one to store, or the reason against it, a sentence without its full stop. */
export type Shaped = { readonly value: unknown } | { readonly reason: string };

/** What a type needs to know of the field; a dataset's field fits. */
export interface FieldLimits {
  readonly key: string;
  readonly label: string;
  readonly type: FieldTypeName;
  /** Most characters, where the type has text. */
  readonly max?: number;
  /** Enum: the keys allowed, each with its label and other spellings. */
  readonly values?: readonly EnumValue[];
  /** Numbers: the least and the most. */
  readonly range?: readonly [min: number, max: number];
  /** JSON: what the value must look like. */
  readonly shape?: (value: unknown) => Shaped;
  /** Texts that mean "nothing here" for this field, lower case ('none' for a loyalty tier). */
  readonly absent?: readonly string[];
}

export interface EnumValue {
  readonly key: string;
  readonly label: string;
  readonly aliases?: readonly string[];
}

export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/** How one column of one file is to be read. Settled for the whole column before its first cell is. */
export interface ColumnReading {
  readonly dateOrder?: DateOrder;
  readonly decimal?: '.' | ',';
  /** ISO 3166 alpha-2, for phone numbers without a country. */
  readonly country?: string;
  /** IANA name, for points in time without an offset. */
  readonly timezone?: string;
  /** ISO 4217, the currency in which money is kept. */
  readonly currency?: string;
  /** ISO 639, whose words for yes and no are understood beside English. */
  readonly language?: string;
  /** A leading apostrophe may be a spreadsheet's mark; false for a file whose header is all canonical keys. */
  readonly spreadsheetMarks?: boolean;
  /**
   * Two-digit years up to this one are 20xx, later ones 19xx. Unless given it is 29 for dates (birthdays reach far
   * back; it is Excel's rule too) and 68 for points in time (the rule of POSIX).
   */
  readonly pivotYear?: number;
  /** What day Excel's serial number 1 is near: 1900-01-01 (Windows, the default) or 1904-01-02 (old Macs). */
  readonly dateBase?: 1900 | 1904;
  /** The column holds serial numbers, so that even a short one is a date and no year. */
  readonly dateSerials?: boolean;
  /** What a blank cell says: in a column of x and nothing, nothing is `false`. Unless given, blank is blank. */
  readonly blank?: string;
  /** Of yes and no: the column says the opposite of what the field does ("Opted out" for an opt-in). */
  readonly opposite?: boolean;
}

/** Reads a cell that is not blank. @returns the canonical text, null for a text that means absent, or what is wrong. */
export type ReadValue = (text: string) => string | null | Problem;

/** Looks at every cell of a column and settles how the column is to be read. */
export interface ColumnSurvey {
  see(text: string): void;
  /** What the cells say; an entry is left out where they say nothing. `ambiguous` when it matters and they do not tell. */
  settle(): { readonly reading: ColumnReading; readonly ambiguous: boolean };
}

/** `data` is for programs, `spreadsheet` for people and their spreadsheets. */
export type Profile = 'data' | 'spreadsheet';

/** What the tenant's settings have to say on how a value is shown. */
export interface WriteContext {
  /** IANA name of the zone whose clock a `spreadsheet` shows; UTC unless given. */
  readonly timezone?: string;
  /** ISO 4217, for the number of decimals. */
  readonly currency?: string;
}

export interface FieldType {
  readonly name: FieldTypeName;
  /** What a cell may hold, in a sentence for the reference. */
  readonly accepts: string;
  /** The PostgreSQL type of the column that keeps it, and of the staging column. */
  readonly sqlType: string;
  /** Long runs of digits are names and no amounts here, so 4.47911E+11 is a spoiled cell. */
  readonly digitsAreNames?: true;
  /** A reader for one column of one file. Compiled once, called for each cell: it allocates nothing it need not. */
  reader(field: FieldLimits, reading: ColumnReading): ReadValue;
  /** Absent when a cell can be read without knowing the others. */
  survey?(field: FieldLimits): ColumnSurvey;
  /** The canonical text as a file shows it. Reading what was written gives the canonical text again. */
  write(value: string, profile: Profile, field: FieldLimits, context?: WriteContext): string;
}
