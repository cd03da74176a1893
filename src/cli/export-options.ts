/** What the command line says of an export: the options that `export` and `templates save` share. */
import { filterSchema } from '../datasets/query/filter-schema.ts';
import { type Delimiter, delimiters, exportFormats } from '../export/encode.ts';
import type { Overrides } from '../export/templates/use.ts';
import { type ExportWanted, wantedSchema } from '../export/wanted.ts';
import { outputEncodings } from '../file-formats/encodings/text-encoder.ts';
import { oneOf, usageError } from './command.ts';

export const wantedOptions = {
  format: { type: 'string' },
  profile: { type: 'string' },
  columns: { type: 'string' },
  filter: { type: 'string' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  delimiter: { type: 'string' },
  quotes: { type: 'string' },
  'line-end': { type: 'string' },
  bom: { type: 'string' },
  encoding: { type: 'string' },
  gzip: { type: 'boolean' },
  zip: { type: 'boolean' },
} as const;

type Said = {
  readonly [Name in keyof typeof wantedOptions]?:
    | ((typeof wantedOptions)[Name]['type'] extends 'boolean' ? boolean : string)
    | undefined;
};

/** @returns what was said, and nothing of what was not. @throws AppError `usage.invalid` */
export function readWanted(values: Said): Overrides {
  const { format, profile, columns, filter, sort, limit, delimiter, quotes, bom, encoding } = values;
  const lineEnd = values['line-end'];
  const compress = readCompression(values);
  return {
    ...optional('format', format, (text) => oneOf('--format', text, exportFormats)),
    ...optional('profile', profile, (text) => oneOf('--profile', text, ['spreadsheet', 'data'])),
    ...optional('columns', columns, readColumns),
    ...optional('filter', filter, readFilter),
    ...optional('sort', sort, (text) => listed(text).map(readSort)),
    ...optional('limit', limit, readLimit),
    ...optional('delimiter', delimiter, (text) =>
      oneOf('--delimiter', text, Object.keys(delimiters) as Delimiter[]),
    ),
    ...optional('quotes', quotes, (text) => oneOf('--quotes', text, ['needed', 'all'])),
    ...optional('line_end', lineEnd, (text) => oneOf('--line-end', text, ['crlf', 'lf'])),
    ...optional('bom', bom, (text) => oneOf('--bom', text, ['yes', 'no']) === 'yes'),
    ...optional('encoding', encoding, (text) => oneOf('--encoding', text.toLowerCase(), outputEncodings)),
    ...(compress === undefined ? {} : { compress }),
  };
}

function optional<Name extends keyof Overrides, Value extends Overrides[Name]>(
  name: Name,
  text: string | undefined,
  read: (text: string) => Value,
): Pick<Overrides, Name> | Record<never, never> {
  return text === undefined ? {} : { [name]: read(text) };
}

function readCompression({ gzip = false, zip = false }: Said): Overrides['compress'] {
  if (gzip && zip) throw usageError('Say --gzip or --zip');
  if (zip) return 'zip';
  return gzip ? 'gzip' : undefined;
}

export function listed(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function readColumns(text: string): NonNullable<Overrides['columns']> {
  if (text === 'all') return 'all';
  return listed(text).map((part) => {
    const [field = '', ...header] = part.split('=');
    return header.length === 0 ? { field } : { field: field.trim(), header: header.join('=').trim() };
  });
}

function readSort(part: string): NonNullable<Overrides['sort']>[number] {
  const [field = '', direction = 'asc'] = part.split(':');
  return { field, descending: oneOf('The direction of --sort', direction, ['asc', 'desc']) === 'desc' };
}

function readLimit(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw usageError(`--limit takes a whole number, and not "${text}"`);
  return Number(text);
}

function readFilter(text: string): NonNullable<Overrides['filter']> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usageError(`--filter is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const read = filterSchema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usageError(`--filter: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is no filter'}`);
}

/** @param dataset its key. @throws AppError `usage.invalid` for what is too long or too much. */
export function wantedOf(dataset: string, overrides: Overrides): ExportWanted {
  const read = wantedSchema.safeParse({ ...overrides, dataset });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usageError(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}
