/** What an older encoding has no character for: found before the first byte, and named. */
import { copyOut } from '../database/copy-out.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import type { FieldTypeName } from '../field-types/field-type.ts';
import {
  isUnicode,
  type OutputEncoding,
  shownCharacter,
  TextEncoding,
} from '../file-formats/encodings/text-encoder.ts';
import { AppError } from '../platform/errors.ts';
import type { FormatContext } from './format.ts';
import type { ChosenColumn, ExportQuery } from './query.ts';

/** Their texts are ASCII in every profile. */
const plainTypes: ReadonlySet<FieldTypeName> = new Set([
  'boolean',
  'date',
  'datetime',
  'decimal',
  'integer',
  'money',
  'uuid',
]);

/**
 * A question mark in the place of a letter would be a loss in silence, and would come back as a change. So the records
 * that are not all ASCII are read through first, in the same snapshot.
 *
 * @throws AppError `export.invalid` naming the first such column, in how many records it has such characters, and one
 *   of them with its record.
 */
export async function refuseUnencodable(
  tx: TenantTransaction,
  query: ExportQuery,
  context: FormatContext,
  name: OutputEncoding,
): Promise<void> {
  if (isUnicode(name)) return;
  const encoding = new TextEncoding(name);
  for (const { header, field } of query.columns) {
    const point = firstMissing(header, encoding);
    if (point !== undefined) throw refusal(`The header of ${field.label} holds`, point, name, field.key);
  }
  const columns = query.columns.filter(({ field, isHidden }) => !isHidden && !plainTypes.has(field.type));
  if (columns.length === 0) return;
  const found = await findMissing(tx, { query, columns, context, encoding });
  if (found === undefined) return;
  const { column, records, point, record } = found;
  const amount = `${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'}`;
  const { key, label } = column.field;
  throw refusal(`${label} of ${amount} holds`, point, name, key, record === '' ? '' : ` of ${record}`);
}

interface Missing {
  readonly column: ChosenColumn;
  records: number;
  /** The first of them, and what its record is called. */
  readonly point: number;
  readonly record: string;
}

/** @returns the first column that has some. */
async function findMissing(
  tx: TenantTransaction,
  given: {
    readonly query: ExportQuery;
    readonly columns: readonly ChosenColumn[];
    readonly context: FormatContext;
    readonly encoding: TextEncoding;
  },
): Promise<Missing | undefined> {
  const { query, columns, context, encoding } = given;
  const { named } = query;
  const cells = query.cellsOf(named === undefined ? columns : [...columns, named], context);
  const isDoubtful = columns.map((_, i) => `octet_length(c${i}) <> length(c${i})`).join(' or ');
  const names = columns.map((_, i) => `c${i}`);
  const all = named === undefined ? names : [...names, 'named'];
  const copy = copyOut(
    tx,
    `copy (select * from (${cells}) t(${all.join(', ')}) where ${isDoubtful}) to stdout (format text, encoding 'UTF8')`,
  );
  const missing: (Missing | undefined)[] = columns.map(() => undefined);
  for await (const line of lines(copy.stream)) {
    const values = line.split('\t');
    for (const [i, column] of columns.entries()) {
      const point = firstMissing(values[i] ?? '', encoding);
      const known = missing[i];
      if (point === undefined) continue;
      if (known === undefined)
        missing[i] = { column, records: 1, point, record: nameOf(values[columns.length]) };
      else known.records += 1;
    }
  }
  await copy.ended;
  return missing.find((one) => one !== undefined);
}

async function* lines(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    rest = bytes.subarray(end);
    if (end > 0) yield* bytes.toString('utf8', 0, end - 1).split('\n');
  }
}

function nameOf(value = '\\N'): string {
  return value === '\\N' ? '' : value;
}

/** What is escaped in a line is ASCII. */
function firstMissing(text: string, encoding: TextEncoding): number | undefined {
  for (const character of text.match(/[^\0-\x7f]/gu) ?? []) {
    const point = character.codePointAt(0) ?? 0;
    if (!encoding.holds(point)) return point;
  }
  return undefined;
}

function refusal(what: string, point: number, encoding: string, field: string, where = ''): AppError {
  return new AppError(
    'export.invalid',
    `${what} characters that ${encoding} does not have, such as ${shownCharacter(point)}${where}. Take UTF-8 or UTF-16, which have all of them, or leave the column out.`,
    { field, encoding },
  );
}
