/**
 * What a column of a Parquet file holds: how the file's schema says so, and how a value comes out of a cell of COPY's
 * text format. Nothing is rounded: a decimal that has no room in its column is refused.
 */
import type { SchemaElement } from 'hyparquet';

/**
 * `day` arrives as days since 1970-01-01, `time` as microseconds since then, `list` as a JSON array of texts,
 * everything else as PostgreSQL writes it.
 */
export type ColumnKind =
  | 'text'
  | 'uuid'
  | 'integer'
  | 'money'
  | 'decimal'
  | 'boolean'
  | 'day'
  | 'time'
  | 'list'
  | 'json';

interface DecimalShape {
  /** Digits in all, and behind the point. */
  readonly precision: number;
  readonly scale: number;
}

/** Of numbers without a scale of their own: as many digits as readers of Parquet know, about half of them decimals. */
export const decimalShape: DecimalShape = { precision: 38, scale: 18 };
/** As the database keeps money. */
const moneyShape: DecimalShape = { precision: 19, scale: 4 };

/** Bytes of a signed integer of so many decimal digits. */
const decimalBytes = ({ precision }: DecimalShape): number => Math.ceil((precision * Math.log2(10) + 1) / 8);

type Leaf = Omit<SchemaElement, 'name' | 'repetition_type'>;

const text: Leaf = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };

const decimal = (shape: DecimalShape): Leaf => ({
  type: 'FIXED_LEN_BYTE_ARRAY',
  type_length: decimalBytes(shape),
  converted_type: 'DECIMAL',
  ...shape,
  logical_type: { type: 'DECIMAL', ...shape },
});

const leaves: Readonly<Record<Exclude<ColumnKind, 'list'>, Leaf>> = {
  text,
  uuid: { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } },
  integer: { type: 'INT64' },
  money: decimal(moneyShape),
  decimal: decimal(decimalShape),
  boolean: { type: 'BOOLEAN' },
  day: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  // Without the older mark, by which the writer would parse the text and round its numbers.
  json: { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } },
};

/** @returns the elements of the schema for one column, itself before its parts. Every column may be null. */
export function schemaOf(name: string, kind: ColumnKind): SchemaElement[] {
  if (kind !== 'list') return [{ name, repetition_type: 'OPTIONAL', ...leaves[kind] }];
  return [
    {
      name,
      repetition_type: 'OPTIONAL',
      num_children: 1,
      converted_type: 'LIST',
      logical_type: { type: 'LIST' },
    },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'REQUIRED', ...text },
  ];
}

export type Value = string | bigint | number | boolean | Uint8Array | readonly string[];

/** @param cell of COPY's text format, and not absent. @throws RangeError for a number that the column has no room for. */
export const readerOf: Readonly<Record<ColumnKind, (cell: string) => Value>> = {
  text: plain,
  uuid: (cell) => cell,
  integer: BigInt,
  money: (cell) => unscaled(cell, moneyShape),
  decimal: (cell) => unscaled(cell, decimalShape),
  boolean: (cell) => cell === 't',
  day: Number,
  time: BigInt,
  list: (cell) => JSON.parse(plain(cell)) as string[],
  json: (cell) => Buffer.from(plain(cell)),
};

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function plain(cell: string): string {
  if (!cell.includes('\\')) return cell;
  return cell.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character);
}

/** `-12.5` with a scale of 4 is -125000. */
function unscaled(cell: string, { precision, scale }: DecimalShape): bigint {
  const point = cell.indexOf('.');
  const whole = point === -1 ? cell : cell.slice(0, point);
  const fraction = point === -1 ? '' : cell.slice(point + 1).replace(/0+$/, '');
  const digits = whole.replace('-', '').length;
  if (fraction.length > scale || digits > precision - scale)
    throw new RangeError(`The number ${cell} does not fit into a decimal of ${precision} digits.`);
  return BigInt(whole + fraction.padEnd(scale, '0'));
}
