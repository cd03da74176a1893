import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database/connect.ts';
import { filterSchema, type RecordFilter } from '../datasets/query/filter-schema.ts';
import { dataset, datasets } from '../datasets/registry.ts';
import { type Delimiter, delimiters, exportFormats } from '../export/encode.ts';
import type { ColumnChoice, SortChoice } from '../export/query.ts';
import { type ExportAsked, type RunningExport, runExport } from '../export/run-export.ts';
import { stopwatch } from '../platform/clock.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele export: records become a file

The file goes to standard output, or with -o to a file that is there only when it is whole. Imported again as it is,
it changes nothing. Every export stands in the history and in the audit trail.

Usage: clientele export DATASET --tenant TENANT [OPTIONS]

  DATASET is ${datasets.map(({ key }) => key).join(', ')}.

  --tenant TENANT        whose data: a slug or an id
  --format FORMAT        csv (default), json, ndjson or xlsx
  --profile PROFILE      spreadsheet: labels, Yes and No, the tenant's clock, formulas guarded (the default for CSV and
                         XLSX); data: keys, true and false, ISO 8601 (the default for JSON)
  --columns a,b=Header   fields in order, each with a header of its own if wanted; "all" for all there are
  --filter JSON          such as '{"where": {"field": "segment", "operator": "is", "value": "vip"}, "archived": "no"}'
  --sort a,b:desc        fields to sort by, each upwards or downwards (default: newest first)
  --limit N              at most so many records
  --delimiter NAME       comma (default), semicolon, tab or pipe
  --quotes needed|all    which cells are quoted (default: needed)
  --line-end crlf|lf     (default: crlf)
  --bom yes|no           a byte-order mark at the beginning (default: yes for spreadsheets)
  --gzip                 compress it
  -o, --output FILE      write it there instead

Exit codes: 0 the file is whole, 1 it broke off, 2 wrong usage.

Example: clientele export customers --tenant demo --columns email,first_name,total_spent -o customers.csv`;

const options = {
  tenant: { type: 'string' },
  format: { type: 'string', default: 'csv' },
  profile: { type: 'string' },
  columns: { type: 'string' },
  filter: { type: 'string' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  delimiter: { type: 'string', default: 'comma' },
  quotes: { type: 'string', default: 'needed' },
  'line-end': { type: 'string', default: 'crlf' },
  bom: { type: 'string' },
  gzip: { type: 'boolean', default: false },
  output: { type: 'string', short: 'o' },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 1 });
  if (values.tenant === undefined) throw usageError('Say whose data: --tenant');
  const named = values.tenant;
  const chosen = dataset(positionals[0] ?? '');
  const asked = readAsked(values);
  return withDatabase(context, async (database) => {
    const tenant = await findTenant(database, named);
    return deliver(database, { ...asked, tenant, dataset: chosen }, values.output);
  });
}

async function deliver(database: Database, asked: ExportAsked, output: string | undefined): Promise<number> {
  const seconds = stopwatch();
  const running = await runExport(database, asked);
  const line = progressOf(running);
  try {
    if (output === undefined) await pipeline(running.stream, process.stdout, { end: false });
    else await writeWhole(running, output);
  } finally {
    line.end();
  }
  if (running.leftOut.length > 0) process.stderr.write(`Left out: ${running.leftOut.join(', ')}.\n`);
  const count = running.records.toLocaleString('en');
  const bytes = running.bytes().toLocaleString('en');
  process.stderr.write(
    `${count} ${asked.dataset.label.toLowerCase()}, ${bytes} bytes, ${seconds().toFixed(1)} s\n`,
  );
  return 0;
}

/** Under its name the file is whole, or not there. */
async function writeWhole({ id, stream }: RunningExport, output: string): Promise<void> {
  const unfinished = `${output}.${id}.part`;
  try {
    await pipeline(stream, createWriteStream(unfinished, { mode: 0o600 }) as Writable);
    await rename(unfinished, output);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

const repaintMs = 200;

/** One line on a terminal that is written over; nothing elsewhere. */
function progressOf({ records, bytes }: RunningExport): { end(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { end: () => {} };
  const timer = setInterval(() => {
    stderr.write(
      `\r\x1b[2KWriting ${records.toLocaleString('en')} records: ${bytes().toLocaleString('en')} bytes`,
    );
  }, repaintMs);
  return {
    end: () => {
      clearInterval(timer);
      stderr.write('\r\x1b[2K');
    },
  };
}

function readAsked(values: Values): Omit<ExportAsked, 'tenant' | 'dataset'> {
  const { profile, columns, filter, sort, limit, bom } = values;
  return {
    format: oneOf('--format', values.format, exportFormats),
    profile: profile === undefined ? undefined : oneOf('--profile', profile, ['spreadsheet', 'data']),
    columns: columns === undefined ? undefined : readColumns(columns),
    filter: filter === undefined ? undefined : readFilter(filter),
    sort: sort === undefined ? undefined : listed(sort).map(readSort),
    limit: limit === undefined ? undefined : readLimit(limit),
    csv: {
      delimiter: oneOf('--delimiter', values.delimiter, Object.keys(delimiters) as Delimiter[]),
      quotes: oneOf('--quotes', values.quotes, ['needed', 'all']),
      lineEnd: oneOf('--line-end', values['line-end'], ['crlf', 'lf']),
      ...(bom === undefined ? {} : { bom: oneOf('--bom', bom, ['yes', 'no']) === 'yes' }),
    },
    gzip: values.gzip,
    permissions: 'everything',
    by: null,
    source: 'command line',
  };
}

function listed(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function readColumns(text: string): readonly ColumnChoice[] | 'all' {
  if (text === 'all') return 'all';
  return listed(text).map((part) => {
    const [field = '', ...header] = part.split('=');
    return header.length === 0 ? { field } : { field: field.trim(), header: header.join('=').trim() };
  });
}

function readSort(part: string): SortChoice {
  const [field = '', direction = 'asc'] = part.split(':');
  return { field, descending: oneOf('The direction of --sort', direction, ['asc', 'desc']) === 'desc' };
}

function readLimit(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw usageError(`--limit takes a whole number, and not "${text}"`);
  return Number(text);
}

function readFilter(text: string): RecordFilter {
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

function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw usageError(`${option} is ${allowed.join(', ')}, and not "${value}"`);
  return found;
}
