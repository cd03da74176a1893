/**
 * The closed list of what can be wrong with a cell or a row. A problem is data, never an exception: it names
 * its code here, the cell it stands in, and how to mend it. `{word}` in a text is filled from the details.
 *
 * The stage tells where a problem is found: `read` by a file format, `value` by a field type, `row` by a
 * dataset's rules, `check` against the records that are there, `commit` when a record changed in between, `undo` when
 * it changed afterwards.
 */

type Stage = 'read' | 'value' | 'row' | 'check' | 'commit' | 'undo';

interface ProblemText {
  readonly stage: Stage;
  readonly says: string;
  readonly hint: string;
  /** A warning is reported but does not keep the row out. */
  readonly warning?: true;
}

const table = {
  'row.ragged': {
    stage: 'read',
    says: 'The row has {found} cells, the header {expected}.',
    hint: 'Look for a missing or an extra delimiter, or for a cell that holds one and is not quoted.',
  },
  'row.header_again': {
    stage: 'read',
    says: 'The row is the header of the file once more.',
    hint: 'Nothing is lost: files that were put one behind the other have it once each.',
  },
  'row.unclosed_quote': {
    stage: 'read',
    says: 'A quote opens in this row and is never closed.',
    hint: 'Close the quote, or double a quote that belongs to the text.',
  },
  'row.unreadable': {
    stage: 'read',
    says: 'The row is not {format}: {reason}.',
    hint: 'Mend this line; the others were read.',
  },
  'cell.undecodable': {
    stage: 'read',
    says: 'Byte {byte} of the file is not {encoding}.',
    hint: 'Save the file as UTF-8, or name its encoding when importing.',
  },
  'cell.too_long': {
    stage: 'read',
    says: 'The cell has {found} bytes; {max} are allowed.',
    hint: 'Shorten the cell, or leave the column out.',
  },
  'cell.nul': {
    stage: 'read',
    says: 'The cell holds a NUL character, which text cannot.',
    hint: 'Remove the character.',
  },
  'cell.mojibake': {
    stage: 'read',
    says: 'The text looks as if it had been decoded wrongly once before ("{sample}").',
    hint: 'Export the file again as UTF-8; it was loaded as it stands.',
    warning: true,
  },
  'value.required': {
    stage: 'row',
    says: '{label} is missing.',
    hint: 'Fill it in, map another column to it, or run the import without requiring it.',
  },
  'value.spoiled': {
    stage: 'value',
    says: '"{value}" is what a spreadsheet left of the value.',
    hint: 'Export the column again as text.',
  },
  'text.too_long': {
    stage: 'value',
    says: 'The text has {found} characters; {max} are allowed.',
    hint: 'Shorten it.',
  },
  'text.control_character': {
    stage: 'value',
    says: 'The text holds the control character {character}.',
    hint: 'Remove the character.',
  },
  'email.invalid': {
    stage: 'value',
    says: '"{value}" is not an e-mail address.',
    hint: 'It needs one @, and a domain with a dot.',
  },
  'phone.invalid': {
    stage: 'value',
    says: '"{value}" is not a phone number.',
    hint: 'Give its digits, with + and the country where it is abroad.',
  },
  'boolean.unreadable': {
    stage: 'value',
    says: '"{value}" is neither yes nor no.',
    hint: 'Use yes or no, true or false, 1 or 0.',
  },
  'date.unreadable': {
    stage: 'value',
    says: '"{value}" is not a date that can be read.',
    hint: 'Write dates as YYYY-MM-DD.',
  },
  'date.impossible': {
    stage: 'value',
    says: '"{value}" is no day of the calendar.',
    hint: 'Correct the day or the month.',
  },
  'date.ambiguous': {
    stage: 'value',
    says: '"{value}" may be day first or month first, and nothing in the column tells.',
    hint: 'Say the order for the column: dmy or mdy.',
  },
  'datetime.unreadable': {
    stage: 'value',
    says: '"{value}" is not a point in time that can be read.',
    hint: 'Write times as YYYY-MM-DDTHH:MM:SS with an offset, such as +02:00 or Z.',
  },
  'number.unreadable': {
    stage: 'value',
    says: '"{value}" is not a number.',
    hint: 'Use digits with a decimal point.',
  },
  'number.ambiguous': {
    stage: 'value',
    says: '"{value}" may have a decimal or a thousands separator, and nothing in the column tells.',
    hint: 'Say the decimal separator for the column.',
  },
  'number.out_of_range': {
    stage: 'value',
    says: '{value} is not between {min} and {max}.',
    hint: 'Correct the number.',
  },
  'number.too_precise': {
    stage: 'value',
    says: '{value} has more than {max} decimals.',
    hint: 'Round it.',
  },
  'integer.fraction': {
    stage: 'value',
    says: '{value} is not a whole number.',
    hint: 'Round it.',
  },
  'money.currency': {
    stage: 'value',
    says: '"{value}" is in {found}; the column is in {expected}.',
    hint: 'Convert the amount.',
  },
  'enum.unknown': {
    stage: 'value',
    says: '"{value}" is not one of the values allowed.',
    hint: 'Allowed: {allowed}.',
  },
  'url.invalid': {
    stage: 'value',
    says: '"{value}" is not a web address.',
    hint: 'Write it as https://example.com/…',
  },
  'uuid.invalid': {
    stage: 'value',
    says: '"{value}" is not an id.',
    hint: 'An id has 32 hexadecimal digits in five groups.',
  },
  'country.unknown': {
    stage: 'value',
    says: '"{value}" is not a country.',
    hint: 'Use the two-letter code, or the usual name.',
  },
  'postal_code.invalid': {
    stage: 'value',
    says: '"{value}" is not a postcode of {country}.',
    hint: 'Write it as on a letter, such as SW1A 1AA.',
  },
  'currency.unknown': {
    stage: 'value',
    says: '"{value}" is not a currency.',
    hint: 'Use the three-letter code, such as EUR.',
  },
  'timezone.unknown': {
    stage: 'value',
    says: '"{value}" is not a time zone.',
    hint: 'Use a name such as Europe/London.',
  },
  'json.invalid': {
    stage: 'value',
    says: 'The text is not JSON: {reason}.',
    hint: 'Correct it at the place named.',
  },
  'json.shape': {
    stage: 'value',
    says: '{reason}.',
    hint: 'Correct the part named.',
  },
  'tags.separator': {
    stage: 'value',
    says: 'The tag "{value}" holds a comma or a semicolon.',
    hint: 'Use another character.',
  },
  'row.rule': {
    stage: 'row',
    says: '{reason}.',
    hint: 'Correct the fields named.',
  },
  'reference.not_found': {
    stage: 'check',
    says: 'There is no {target} "{value}".',
    hint: 'Import it first, or correct the text.',
  },
  'reference.made': {
    stage: 'check',
    says: 'There is no {target} "{value}": it is made with the import.',
    hint: 'Look whether the text is right; undoing the import takes the new record away again.',
    warning: true,
  },
  'reference.ambiguous': {
    stage: 'check',
    says: '"{value}" means more than one {target}.',
    hint: 'Use the number or the id.',
  },
  'record.contradicts': {
    stage: 'check',
    says: 'The rows of this record differ in {label}: "{one}", "{other}".',
    hint: 'The last one counts. If the column speaks of the line and not of the record, leave it out of the mapping.',
    warning: true,
  },
  'record.incomplete': {
    stage: 'check',
    says: 'Row {row}, which belongs to the same record, has a problem.',
    hint: 'Mend that row, and import all rows of the record together.',
  },
  'match.conflict': {
    stage: 'check',
    says: 'The row matches two different records: {found}.',
    hint: 'Correct the keys, or match by fewer of them.',
  },
  'unique.taken': {
    stage: 'check',
    says: '{label} "{value}" belongs to another record.',
    hint: 'Change the value, or update that record.',
  },
  'duplicate.in_file': {
    stage: 'check',
    says: '{label} "{value}" stands in rows {rows}.',
    hint: 'Keep it in one of the rows.',
  },
  'skip.exists': {
    stage: 'check',
    says: 'The record exists, and this import only creates.',
    hint: 'Import with the mode upsert to update it.',
  },
  'skip.missing': {
    stage: 'check',
    says: 'No record matches, and this import only updates.',
    hint: 'Import with the mode upsert to create it.',
  },
  'skip.duplicate': {
    stage: 'check',
    says: 'Row {kept} means the same record and is the one that counts.',
    hint: 'Choose another rule for duplicates, or remove the row.',
  },
  'skip.gathered': {
    stage: 'check',
    says: 'It went in with row {kept}: the rows of one order are one record.',
    hint: 'Nothing need be done.',
  },
  'skip.deleted': {
    stage: 'check',
    says: 'The record it matches was deleted.',
    hint: 'Import with deleted records restored.',
  },
  'skip.atomic': {
    stage: 'check',
    says: 'Nothing was written, because other rows failed and the import is all or nothing.',
    hint: 'Mend those rows, or import without --atomic.',
  },
  'skip.unreached': {
    stage: 'commit',
    says: 'The import ended before it came to this row.',
    hint: 'Import the file again; what is there by then stays as it is.',
  },
  'row.refused': {
    stage: 'commit',
    says: 'The database does not take the row: {reason}.',
    hint: 'Correct the value; if it is right, the constraint that is named needs a look.',
  },
  'undo.kept': {
    stage: 'undo',
    says: 'The record that this row created was changed since, or has got records of its own: it stays.',
    hint: 'Remove what was added to it first, or delete the record by hand.',
  },
  'undo.changed_since': {
    stage: 'undo',
    says: '{fields} got another value since: it stays.',
    hint: 'Change it by hand if the earlier value is wanted.',
  },
  changed_since_check: {
    stage: 'commit',
    says: 'Somebody changed the record, or took a value of it, after the check.',
    hint: 'Import the row again.',
  },
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof table;

export const problemTexts: Readonly<Record<ProblemCode, ProblemText>> = table;

export type ProblemDetails = Readonly<Record<string, string | number>>;

/** One thing wrong with one cell. A class, so that a reader's result is told apart by `instanceof`. */
export class Problem {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    this.code = code;
    this.details = details;
  }
}

/** The sentence a person reads: the code's text with its details filled in. */
export function sayProblem(code: ProblemCode, details: ProblemDetails = {}): string {
  return fill(problemTexts[code].says, details);
}

/** How to mend it. */
export function hintFor(code: ProblemCode, details: ProblemDetails = {}): string {
  return fill(problemTexts[code].hint, details);
}

function fill(text: string, details: ProblemDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) =>
    Object.hasOwn(details, key) ? String(details[key]) : whole,
  );
}
