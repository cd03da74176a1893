/** Parquet files read by hyparquet, each value as the canonical text that the file must hold; nothing is rounded on the way. */
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';

export interface ReadParquet {
  readonly metadata: FileMetaData;
  readonly names: readonly string[];
  /** Numbers, days and times as texts; lists as lists. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export async function readParquet(bytes: Buffer): Promise<ReadParquet> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const decimals = new Map<string, SchemaElement>();
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== 'DECIMAL') return element;
    decimals.set(element.name, element);
    const { converted_type: _, logical_type: __, ...bare } = element;
    return bare;
  });
  const rows = await parquetReadObjects({
    file,
    metadata: { ...metadata, schema },
    parsers: {
      dateFromDays: dayText,
      timestampFromMicroseconds: timeText,
      // The reader's own takes a byte-order mark off.
      stringFromBytes: (text: Uint8Array) => Buffer.from(text).toString('utf8'),
    } as never,
  });
  return {
    metadata,
    names: metadata.schema.slice(1).flatMap(nameOfColumn),
    rows: rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, textOf(value, decimals.get(name))]),
      ),
    ),
  };
}

/** Of a list, its parts stand in the schema too. */
function nameOfColumn(element: SchemaElement): string[] {
  return element.repetition_type === 'OPTIONAL' ? [element.name] : [];
}

function textOf(value: unknown, decimal: SchemaElement | undefined): unknown {
  if (value === undefined || value === null) return null;
  if (decimal !== undefined) return decimalText(value as Uint8Array, decimal.scale ?? 0);
  return typeof value === 'bigint' ? String(value) : value;
}

/** Big-endian, in two's complement. */
function decimalText(bytes: Uint8Array, scale: number): string {
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function dayText(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

/** `2021-07-26T08:30:00.000001Z` */
function timeText(microseconds: bigint): string {
  const seconds = Number(microseconds / 1_000_000n);
  const rest = Number(microseconds % 1_000_000n);
  const whole = rest < 0 ? seconds - 1 : seconds;
  const fraction = String(rest < 0 ? rest + 1_000_000 : rest)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}
