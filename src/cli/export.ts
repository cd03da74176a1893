import { pipeline } from 'node:stream/promises';
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { dataset, datasets } from '../datasets/registry.ts';
import type { ExportAsked } from '../export/asked.ts';
import { withOwnFields } from '../export/own-fields.ts';
import { type RunningExport, runExport } from '../export/run-export.ts';
import { type Overrides, type Use, wantedByTemplate } from '../export/templates/use.ts';
import { askedBy, type ExportWanted } from '../export/wanted.ts';
import { outputEncodings } from '../file-formats/encodings/text-encoder.ts';
import { stopwatch } from '../platform/clock.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { readWanted, wantedOf, wantedOptions } from './export-options.ts';
import { canRepaint, repaint } from './progress.ts';
import { withDatabase } from './with-database.ts';
import { assertWritable, writeWhole } from './write-whole.ts';

export const help = `clientele export: records become a file

The file goes to standard output, or with -o to a file that is there only when it is whole. Imported again as it is,
it changes nothing. Every export stands in the history and in the audit trail.

Usage: clientele export DATASET --tenant TENANT [OPTIONS]
       clientele export --template NAME --tenant TENANT [OPTIONS]

  DATASET is ${datasets.map(({ key }) => key).join(', ')}.

  --tenant TENANT        whose data: a slug or an id
  --template NAME        a template of the tenant, by its name or id; what else is said stands in the place of its own
  --format FORMAT        csv (default), json, ndjson, xlsx or parquet
  --profile PROFILE      spreadsheet: labels, Yes and No, the tenant's clock, formulas guarded (the default for CSV and
                         XLSX); data: keys, true and false, ISO 8601 (the default for JSON and Parquet)
  --columns a,b=Header   fields in order, each with a header of its own if wanted; "all" for all there are; of customers,
                         addresses:3 for three addresses in numbered columns
  --filter JSON          such as '{"where": {"field": "segment", "operator": "is", "value": "vip"}, "archived": "no"}'
  --sort a,b:desc        fields to sort by, each upwards or downwards (default: newest first)
  --limit N              at most so many records
  --delimiter NAME       comma (default), semicolon, tab or pipe
  --quotes needed|all    which cells are quoted (default: needed)
  --line-end crlf|lf     (default: crlf)
  --bom yes|no           a byte-order mark at the beginning (default: yes for spreadsheets)
  --encoding NAME        of CSV (default: utf-8); what it has no character for is refused. There are
                         ${outputEncodings.slice(0, 7).join(', ')},
                         ${outputEncodings.slice(7).join(', ')}
  --gzip                 compress it
  --zip                  the same, alone in a zip archive
  -o, --output FILE      write it there instead

Exit codes: 0 the file is whole, 1 it broke off, 2 wrong usage.

Example: clientele export customers --tenant demo --columns email,first_name,total_spent -o customers.csv`;

const options = {
  tenant: { type: 'string' },
  template: { type: 'string' },
  ...wantedOptions,
  output: { type: 'string', short: 'o' },
} as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 0, max: 1 });
  if (values.tenant === undefined) throw usageError('Say whose data: --tenant');
  const [of] = positionals;
  if (of === undefined && values.template === undefined)
    throw usageError('Say what to take out: a dataset, or --template');
  const { tenant: named, template } = values;
  if (of !== undefined) dataset(of);
  const overrides = readWanted(values);
  await assertWritable('--output', values.output);
  return withDatabase(context, async (database) => {
    const tenant = await findTenant(database, named);
    const use = { tenant, permissions: 'everything', by: null, source: 'command line' } as const;
    const wanted = await wantedFor(database, use, { of, template, overrides });
    const own = await withOwnFields(database, { ...askedBy(wanted), ...use });
    return deliver(database, own, values.output);
  });
}

/** Where both a dataset and a template are said, they are to agree. */
async function wantedFor(
  database: Database,
  use: Omit<Use, 'dataset'>,
  { of, template, overrides }: { of: string | undefined; template: string | undefined; overrides: Overrides },
): Promise<ExportWanted> {
  if (template === undefined) return wantedOf(of ?? '', overrides);
  const wanted = await withTenant(database, use.tenant.id, (tx) =>
    wantedByTemplate(tx, { named: template, overrides }, use),
  );
  if (of !== undefined && of !== wanted.dataset)
    throw usageError(`The template "${template}" takes out ${wanted.dataset}, and not ${of}`);
  return wanted;
}

async function deliver(database: Database, asked: ExportAsked, output: string | undefined): Promise<number> {
  const seconds = stopwatch();
  const running = await runExport(database, asked);
  const line = progressOf(running);
  try {
    if (output === undefined) await pipeline(running.stream, process.stdout, { end: false });
    else await writeWhole(running.stream, output);
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

const repaintMs = 200;

/** One line on a terminal that is written over; nothing elsewhere. */
function progressOf({ records, bytes }: RunningExport): { end(): void } {
  const { stderr } = process;
  if (!canRepaint(stderr)) return { end: () => {} };
  const timer = setInterval(() => {
    repaint(stderr, `Writing ${records.toLocaleString('en')} records: ${bytes().toLocaleString('en')} bytes`);
  }, repaintMs);
  return {
    end: () => {
      clearInterval(timer);
      repaint(stderr, '');
    },
  };
}
