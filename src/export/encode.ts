/**
 * Rows become the bytes of a file: COPY writes them, and what COPY does not do is done to its bytes on the way. The
 * header is ours, since COPY cuts names at 63 bytes; lines end as asked for, where they are taken out of the server's
 * messages, since COPY knows LF only.
 *
 * JSON goes as COPY's CSV with control characters for quote and delimiter. JSON holds none of those unescaped, so
 * nothing is ever quoted and each object passes as it is; COPY's text format would double its backslashes.
 *
 * What is packed is packed last, whatever the format.
 */
import { Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { RowsOptions } from '../database/copied-rows.ts';
import { literal } from '../database/literal.ts';
import { guard } from '../field-types/spreadsheet-marks.ts';
import { encodingStream, isUnicode, type OutputEncoding } from '../file-formats/encodings/text-encoder.ts';
import { zipStream } from '../file-formats/packing/zip-stream.ts';
import { AppError } from '../platform/errors.ts';
import type { FormatContext } from './format.ts';
import { parquet } from './parquet.ts';
import type { ExportQuery } from './query.ts';
import { workbook } from './workbook.ts';

export const exportFormats = ['csv', 'json', 'ndjson', 'xlsx', 'parquet'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const delimiters = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;
export type Delimiter = keyof typeof delimiters;

export interface CsvStyle {
  readonly delimiter: Delimiter;
  /** `needed`: cells with a delimiter, a quote or a line break; `all`: every cell but absent ones. */
  readonly quotes: 'needed' | 'all';
  readonly lineEnd: 'crlf' | 'lf';
  /** The byte-order mark, by which spreadsheets tell UTF-8. The older encodings have none. */
  readonly bom: boolean;
  /** UTF-8 unless said. */
  readonly encoding?: OutputEncoding | undefined;
}

/** How a file is packed: alone in a zip archive, or by gzip. */
export const compressions = ['gzip', 'zip'] as const;
export type Compression = (typeof compressions)[number];

export interface Encoding {
  /** What COPY is asked for. */
  readonly statement: string;
  /** What stands before its rows, and how they end. */
  readonly rows?: RowsOptions;
  /** What its bytes pass through, in order. */
  readonly through: readonly Transform[];
}

export function encode(
  query: ExportQuery,
  asked: {
    readonly format: ExportFormat;
    readonly csv: CsvStyle;
    readonly gzip: boolean;
    /** In the place of `gzip`. */
    readonly compress?: Compression | undefined;
    /** Of a workbook. */
    readonly title: string;
    /** Of the file within an archive, without its ending; ASCII. */
    readonly name?: string;
  },
  context: FormatContext,
): Encoding {
  const encoding = encodings[asked.format](query, asked, context);
  const compress = asked.compress ?? (asked.gzip ? 'gzip' : undefined);
  if (compress === undefined) return encoding;
  const inner = `${asked.name ?? 'export'}.${asked.format}`;
  const packing = compress === 'gzip' ? createGzip({ level: 6 }) : zipStream(inner);
  return { ...encoding, through: [...encoding.through, packing] };
}

type Encode = (
  query: ExportQuery,
  asked: { readonly csv: CsvStyle; readonly title: string },
  context: FormatContext,
) => Encoding;

const encodings: Readonly<Record<ExportFormat, Encode>> = {
  csv: (query, asked, context) => csv(query, asked.csv, context),
  json: (query, _, context) => ({
    statement: jsonCopy(query.objects(context, ',')),
    through: [jsonArray()],
  }),
  ndjson: (query, _, context) => ({ statement: jsonCopy(query.objects(context, '')), through: [] }),
  xlsx: (query, { title }, context) => workbook(query, title, context),
  parquet: (query, _, context) => parquet(query, context),
};

/** Header names of a file that is not compressed. */
export const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

interface Packed {
  readonly format: ExportFormat;
  readonly gzip?: boolean | undefined;
  readonly compress?: Compression | undefined;
  readonly encoding?: OutputEncoding | undefined;
}

/** Of the file as it leaves: of its packing, where it has one. */
export function mediaTypeOf({ format, gzip = false, compress, encoding }: Packed): string {
  if (compress === 'zip') return 'application/zip';
  if (compress === 'gzip' || gzip) return 'application/gzip';
  return format === 'csv' && encoding !== undefined
    ? mediaTypes.csv.replace('utf-8', encoding)
    : mediaTypes[format];
}

/** `.csv`, `.csv.gz`; an archive has the format's ending within. */
export function endingOf({ format, gzip = false, compress }: Packed): string {
  if (compress === 'zip') return '.zip';
  return compress === 'gzip' || gzip ? `.${format}.gz` : `.${format}`;
}

const byteOrderMark = '\ufeff';

function csv(query: ExportQuery, style: CsvStyle, context: FormatContext): Encoding {
  const delimiter = delimiters[style.delimiter];
  const options = [
    'format csv',
    `delimiter ${delimiter === '\t' ? `E'\\t'` : literal(delimiter)}`,
    `encoding 'UTF8'`,
    ...(style.quotes === 'all' ? ['force_quote *'] : []),
  ];
  const { encoding = 'utf-8' } = style;
  if (style.bom && !isUnicode(encoding))
    throw new AppError('export.invalid', `The encoding ${encoding} has no byte-order mark.`, { encoding });
  return {
    statement: `copy (${onlyColumn(query, context)}) to stdout (${options.join(', ')})`,
    rows: {
      opening: headerLine(query, style, context),
      lineEnd: style.lineEnd === 'crlf' ? 'crlf' : undefined,
    },
    through: encoding === 'utf-8' ? [] : [encodingStream(encoding)],
  };
}

/** In a file of one column an absent cell is a pair of quotes: an empty line would be no row. */
function onlyColumn(query: ExportQuery, context: FormatContext): string {
  const cells = query.cells(context);
  return query.columns.length === 1 ? `select coalesce(c, '') from (${cells}) t(c)` : cells;
}

function headerLine({ columns }: ExportQuery, style: CsvStyle, { profile }: FormatContext): Buffer {
  const delimiter = delimiters[style.delimiter];
  const cells = columns.map(({ header }) => {
    const text = profile === 'spreadsheet' ? guard(header) : header;
    const isQuoted = style.quotes === 'all' || text.includes(delimiter) || /["\r\n]/.test(text);
    return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
  });
  const end = style.lineEnd === 'crlf' ? '\r\n' : '\n';
  return Buffer.from(`${style.bom ? byteOrderMark : ''}${cells.join(delimiter)}${end}`);
}

function jsonCopy(select: string): string {
  return `copy (${select}) to stdout (format csv, quote E'\\x01', delimiter E'\\x02', encoding 'UTF8')`;
}

/** Every row comes with a comma before it; that of the first opens the list. */
function jsonArray(): Transform {
  let isOpen = false;
  return new Transform({
    transform: (bytes: Buffer, _, done) => {
      if (isOpen) return done(null, bytes);
      isOpen = true;
      done(null, Buffer.concat([Buffer.from('['), bytes.subarray(1)]));
    },
    flush: (done) => done(null, isOpen ? ']\n' : '[]\n'),
  });
}
