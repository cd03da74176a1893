import { Readable } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { throughOutages } from '../database/retrying.ts';
import { tenantDataset } from '../datasets/custom/tenant-dataset.ts';
import type { Dataset } from '../datasets/define-dataset.ts';
import { datasets } from '../datasets/registry.ts';
import { countryCodeFor } from '../field-types/country-names.ts';
import { takeFile, takeStream } from '../import/intake.ts';
import { parseMapOption, parseWriteOption } from '../import/mapping/mapping.ts';
import { parseNewField } from '../import/mapping/new-fields.ts';
import { makeable } from '../import/missing/named-missing.ts';
import { fieldKeys, listed, matchKeys } from '../import/option-keys.ts';
import { countProblems, firstProblems } from '../import/outcome/problems.ts';
import { rejectFile, resultFile } from '../import/outcome/reject-file.ts';
import type { ImportRun, RunOptions } from '../import/run.ts';
import { stopwatch } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, oneOf, readArguments, usageError } from './command.ts';
import { dialectOptions, givenDialect } from './dialect-options.ts';
import { driveToEnd } from './drive-to-end.ts';
import { exitCodeOf, type RunFigures, runAsJson, runAsText } from './run-report.ts';
import { withDatabase } from './with-database.ts';
import { assertWritable, isSameFile, writeWhole } from './write-whole.ts';

export const help = `clientele import: a file becomes customers, orders, or records of another kind

Every row is read and checked before anything is written. A row that is wrong stays out, with the reason; the others
go in, unless the import is --atomic. What was written can be undone: "clientele imports undo ID".

Usage: clientele import FILE|- --tenant TENANT [OPTIONS]

  FILE is CSV (any delimiter), JSON, NDJSON or an Excel workbook (.xlsx), plain, gzipped or alone in a zip. "-" reads
  standard input.

  --tenant TENANT       whose data it becomes: a slug or an id
  --dataset DATASET     customers (default), addresses, leads, orders, pins, quotes, assets or analytics
  --mode MODE           upsert (default), create (leave what exists), update (leave what does not)
  --match KEY,…         fields by which a row finds its record, in order (customers: id,number,external_id,email)
  --map "Column=field"  which field a column feeds; "Column=" leaves it out. May be repeated; the rest is suggested
  --new-field "Column=key:type"
                        keeps a column as a field of your own, which is made on the spot (type: text, integer, decimal,
                        money, boolean, date, datetime, email, phone, url, tags, country, json …). May be repeated
  --write field=rule    overwrite (default), fill, never, add or clear. May be repeated
  --empty keep|clear    what an empty cell does to a record that is there (default: keep)
  --duplicates RULE     rows that mean the same record: last (default), first, merge or fail
  --deleted RULE        a row that matches a deleted record: restore it (default) or skip
  --require field,…     fields without which nothing is created (customers: email, orders: total); "": none
  --create-missing DATASETS  make the records that rows name by an e-mail address and nobody has: with "customers", an
                        order's unknown address becomes a guest
  --no-new-groups       a group, or a board of pins, that is not there is a problem, instead of being made
  --dates dmy|mdy|ymd   how dates are written, where the file itself does not tell
  --decimal .|,         the decimal separator, where the file itself does not tell
  --country XX          for phone numbers that name none (default: the tenant's)
  --encoding NAME       such as utf-8 or windows-1252, instead of what is found
  --delimiter CHAR      instead of what is found; "tab" for a tab
  --absent WORD         what stands for no value, such as NULL, instead of what is found; "" for nothing
  --sheet NAME|N        of a workbook: a sheet by its name, or its place from 1 on (default: the first with anything in it)
  --atomic              all rows or none
  --dry-run             check only, and say what would change
  --rejects OUT         write the rows that failed to this file, with their problems in the first columns
  --results OUT         write what became of each row to this file
  --json                print one object for programs

Exit codes: 0 all rows in, 3 some rows failed, 1 the run failed, 2 wrong usage.

Example: clientele import customers.csv --tenant demo --rejects rejected.csv`;

/** Rows that a person sees in the terminal; the reject file has all of them. */
const shownProblems = 10;

const options = {
  tenant: { type: 'string' },
  dataset: { type: 'string', default: 'customers' },
  mode: { type: 'string', default: 'upsert' },
  match: { type: 'string' },
  map: { type: 'string', multiple: true },
  'new-field': { type: 'string', multiple: true },
  write: { type: 'string', multiple: true },
  empty: { type: 'string', default: 'keep' },
  duplicates: { type: 'string', default: 'last' },
  deleted: { type: 'string', default: 'restore' },
  require: { type: 'string' },
  'create-missing': { type: 'string', default: '' },
  'no-new-groups': { type: 'boolean', default: false },
  dates: { type: 'string' },
  decimal: { type: 'string' },
  country: { type: 'string' },
  ...dialectOptions,
  atomic: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  rejects: { type: 'string' },
  results: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 1 });
  const file = positionals[0] ?? '';
  if (values.tenant === undefined) throw usageError('Say whose data it becomes: --tenant');
  const tenantNamed = values.tenant;
  const plain = datasetNamed(values.dataset);
  const said = readRunOptions(values, plain);
  await checkOutputs(file, values);
  return withDatabase(
    context,
    async (database) => {
      const tenant = await findTenant(database, tenantNamed);
      const of = await tenantDataset(database, tenant.id, plain);
      const runOptions = { ...said, ...requiring(values, of) };
      const arrival = { tenantId: tenant.id, dataset: values.dataset, options: runOptions, by: null };
      const seconds = stopwatch();
      const importId =
        file === '-'
          ? await takeStream(database, 'standard input', process.stdin, arrival)
          : await takeFile(database, file, arrival);
      const ended = await driveToEnd(database, { tenantId: tenant.id, importId }, context);
      const figures = await figuresOf(database, ended, seconds());
      const unwritten = await refusalOf(throughOutages(database, () => writeFiles(database, ended, values)));
      return report(ended, figures, { json: values.json, unwritten });
    },
    { onInterrupt: 'await' },
  );
}

/** Before anything is imported: what cannot be written, or would go over what is read. */
async function checkOutputs(file: string, { rejects, results }: Values): Promise<void> {
  for (const [option, path] of [
    ['--rejects', rejects],
    ['--results', results],
  ] as const) {
    if (path !== undefined && file !== '-' && (await isSameFile(path, file)))
      throw usageError(`${option}: "${path}" is the file that is imported; name another`);
    await assertWritable(option, path);
  }
  if (rejects !== undefined && results !== undefined && (await isSameFile(rejects, results)))
    throw usageError(`--rejects and --results cannot both be "${rejects}"`);
}

async function writeFiles(database: Database, ended: ImportRun, { rejects, results }: Values): Promise<void> {
  if (rejects !== undefined) await writeWhole(Readable.from(rejectFile(database, ended)), rejects);
  if (results !== undefined) await writeWhole(Readable.from(resultFile(database, ended)), results);
}

async function figuresOf(database: Database, ended: ImportRun, seconds: number): Promise<RunFigures> {
  return {
    seconds,
    problems: await throughOutages(database, () => countProblems(database, ended)),
    firstProblems: await throughOutages(database, () => firstProblems(database, ended, shownProblems)),
  };
}

/** What was imported is said also where the files about it could not be written. */
async function refusalOf(work: Promise<void>): Promise<AppError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function report(
  ended: ImportRun,
  figures: RunFigures,
  { json, unwritten }: { readonly json: boolean; readonly unwritten: AppError | null },
): number {
  const refusal = unwritten === null ? {} : { error: { code: unwritten.code, message: unwritten.message } };
  process.stdout.write(
    json ? `${JSON.stringify({ ...runAsJson(ended, figures), ...refusal })}\n` : runAsText(ended, figures),
  );
  for (const failure of [ended.failure, unwritten])
    if (failure !== null) process.stderr.write(`${failure.message}\n`);
  return unwritten?.exitCode ?? exitCodeOf(ended);
}

/** @throws AppError `usage.invalid` */
function datasetNamed(key: string): Dataset {
  const found = datasets.find((candidate) => candidate.key === key);
  if (found !== undefined) return found;
  throw usageError(`There is no dataset "${key}"; there are ${datasets.map((each) => each.key).join(', ')}`);
}

/** What names fields the tenant's own may be among. @param dataset with those. */
function requiring({ require }: Values, dataset: Dataset): Pick<RunOptions, 'require'> {
  return require === undefined ? {} : { require: fieldKeys(dataset, listed(require)) };
}

function readRunOptions(values: Values, dataset: Dataset): RunOptions {
  const newFields = (values['new-field'] ?? []).map(parseNewField);
  const match = values.match === undefined ? undefined : matchKeys(dataset, listed(values.match));
  return {
    mode: oneOf('--mode', values.mode, ['create', 'update', 'upsert']),
    empty: oneOf('--empty', values.empty, ['keep', 'clear']),
    duplicates: oneOf('--duplicates', values.duplicates, ['last', 'first', 'merge', 'fail']),
    deleted: oneOf('--deleted', values.deleted, ['restore', 'skip']),
    ...(match === undefined ? {} : { match }),
    map: (values.map ?? []).map(parseMapOption),
    ...(newFields.length === 0 ? {} : { newFields }),
    write: (values.write ?? []).map(parseWriteOption),
    reading: readReading(values),
    dialect: givenDialect(values),
    atomic: values.atomic,
    createGroups: !values['no-new-groups'],
    createMissing: makeable(dataset, listed(values['create-missing'])),
    commit: !values['dry-run'],
  };
}

function readReading(values: Values): RunOptions['reading'] {
  return {
    ...(values.dates === undefined
      ? {}
      : { dateOrder: oneOf('--dates', values.dates, ['dmy', 'mdy', 'ymd']) }),
    ...(values.decimal === undefined ? {} : { decimal: oneOf('--decimal', values.decimal, ['.', ',']) }),
    ...(values.country === undefined ? {} : { country: twoLetters(values.country) }),
  };
}

function twoLetters(country: string): string {
  const code = country.toUpperCase();
  if (countryCodeFor(code) !== code)
    throw usageError(`--country takes the two letters of a country, such as GB, and not "${country}"`);
  return code;
}
