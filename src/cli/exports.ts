import { pipeline } from 'node:stream/promises';
import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { datasets } from '../datasets/registry.ts';
import { download, listDownloads } from '../export/downloads.ts';
import { type ExportEntry, listExports, loadExport, notThere } from '../export/history.ts';
import { createLink, listLinks } from '../export/links.ts';
import { cancelExport } from '../export/stored/cancel.ts';
import { fileStore } from '../file-store/file-store.ts';
import { publicUrl } from '../platform/address.ts';
import { now } from '../platform/clock.ts';
import { configuration } from '../platform/config.ts';
import { isId } from '../platform/ids.ts';
import { findTenant, listTenants } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { count } from './run-report.ts';
import { withDatabase } from './with-database.ts';
import { assertWritable, writeWhole } from './write-whole.ts';

export const help = `clientele exports: what was taken out, by whom, and the files that are kept

Usage: clientele exports list [--tenant TENANT] [--json]
       clientele exports show ID --tenant TENANT [--json]
       clientele exports get ID --tenant TENANT [-o FILE]
       clientele exports link ID --tenant TENANT [--hours N]
       clientele exports cancel ID --tenant TENANT

An export that was asked for as a file is made by a worker, and kept in the file store for as long as the tenant has
set (retention.exportDays). Get writes that file; link prints an address by which anybody takes it without an account
until it expires. The address is printed once and cannot be had again.

  --tenant TENANT    whose exports: a slug or an id (list: all)
  --hours N          for how long the link is good, and no longer than the file is kept (default: 24)
  -o, --output FILE  write it there; it is there only when it is whole (default: standard output)
  --json             print for programs: a list of objects, or one

Example: clientele exports link 019a9b3e-7c5e-7d43-8c11-5a3c7fb2d001 --tenant demo --hours 48`;

const options = {
  tenant: { type: 'string' },
  hours: { type: 'string', default: '24' },
  output: { type: 'string', short: 'o' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

interface Named {
  readonly database: Database;
  readonly entry: ExportEntry;
  readonly values: Values;
}

const verbs: Readonly<Record<string, (named: Named) => Promise<void>>> = { show, get, link, cancel };

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb = '', id] = positionals;
  if (verb === 'list' && id === undefined) return withDatabase(context, (database) => list(database, values));
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (act === undefined)
    throw usageError(`Exports can be listed, shown, got, linked or cancelled, not "${verb}"`);
  if (id === undefined) throw usageError(`Say which export: clientele exports ${verb} ID`);
  const { tenant } = values;
  if (tenant === undefined) throw usageError('Say whose export: --tenant');
  await assertWritable('--output', values.output);
  return withDatabase(context, async (database) => {
    const { id: tenantId } = await findTenant(database, tenant);
    if (!isId(id)) throw notThere();
    const entry = await withTenant(database, tenantId, (tx) => loadExport(tx, id));
    await act({ database, entry, values });
    return 0;
  });
}

async function list(database: Database, { tenant, json }: Values): Promise<number> {
  const tenants = tenant === undefined ? await listTenants(database) : [await findTenant(database, tenant)];
  const entries: { slug: string; entry: ExportEntry }[] = [];
  for (const { id, slug } of tenants) {
    const keys = datasets.map(({ key }) => key);
    const found = await withTenant(database, id, (tx) => listExports(tx, { limit: 100, datasets: keys }));
    entries.push(...found.map((entry) => ({ slug, entry })));
  }
  entries.sort((a, b) => (a.entry.createdAt < b.entry.createdAt ? 1 : -1));
  const documents = entries.map(({ slug, entry }) => ({ tenant: slug, ...brief(entry) }));
  process.stdout.write(json ? `${JSON.stringify(documents)}\n` : table(entries));
  return 0;
}

function brief({
  id,
  dataset,
  format,
  state,
  records,
  bytes,
  sha256,
  createdAt,
  file,
  failure,
}: ExportEntry) {
  const kept =
    file === null ? null : { name: file.name, expires_at: file.expiresAt, removed: file.isRemoved };
  return { id, dataset, format, state, at: createdAt, records, bytes, sha256, file: kept, failure };
}

function table(entries: readonly { slug: string; entry: ExportEntry }[]): string {
  if (entries.length === 0) return 'Nothing was exported yet.\n';
  return entries
    .map(({ slug, entry }) =>
      [
        entry.id,
        entry.createdAt.slice(0, 19),
        slug,
        entry.state.padEnd(10),
        `${entry.dataset} ${entry.format}`,
        `${count(entry.records ?? 0)} records`,
        `${count(entry.bytes ?? 0)} bytes`,
        entry.file?.name ?? '',
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

async function show({ database, entry, values }: Named): Promise<void> {
  const { tenantId, id } = entry;
  const { downloads, links } = await withTenant(database, tenantId, async (tx) => ({
    downloads: await listDownloads(tx, { exportId: id, limit: 100 }),
    links: await listLinks(tx, id),
  }));
  if (values.json) {
    const { fields, leftOut, filter, source, by, finishedAt } = entry;
    const more = { fields, fields_left_out: leftOut, filter, source, by, finished_at: finishedAt };
    process.stdout.write(`${JSON.stringify({ ...brief(entry), ...more, downloads, links })}\n`);
    return;
  }
  const lines = [
    `${entry.dataset} as ${entry.format}, ${entry.state}, by ${entry.by ?? 'the command line'}, ${entry.createdAt}`,
    `Fields: ${entry.fields.join(', ')}`,
    ...(entry.failure === null ? [] : [entry.failure.message]),
    ...(entry.records === null ? [] : [`${count(entry.records)} records`]),
    ...(entry.bytes === null ? [] : [`${count(entry.bytes)} bytes, SHA-256 ${entry.sha256}`]),
    ...(entry.file === null
      ? []
      : [`${entry.file.name}, ${entry.file.isRemoved ? 'removed' : `kept until ${entry.file.expiresAt}`}`]),
    ...links.map((one) => `Link ${one.id}, ${one.revokedAt === null ? `until ${one.expiresAt}` : 'revoked'}`),
    ...downloads.map(
      (one) =>
        `Taken ${one.begunAt} by ${one.linkId === null ? (one.by ?? 'the command line') : `the link ${one.linkId}`}: ${count(one.bytes ?? 0)} bytes${one.isWhole ? '' : ', not all'}`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function get({ database, entry, values }: Named): Promise<void> {
  const { output } = values;
  const stream = await download(database, fileStore(), entry, { by: null, linkId: null });
  if (output === undefined) return pipeline(stream, process.stdout, { end: false });
  await writeWhole(stream, output);
}

async function link({ database, entry, values }: Named): Promise<void> {
  const { linkHoursMax } = configuration().limits;
  const hours = Number(values.hours);
  if (!/^[0-9]{1,6}$/.test(values.hours) || hours < 1 || hours > linkHoursMax)
    throw usageError(`--hours takes a whole number from 1 to ${linkHoursMax}, and not "${values.hours}"`);
  const expiresAt = new Date(Date.parse(now()) + hours * 3_600_000).toISOString();
  const made = await withTenant(database, entry.tenantId, (tx) =>
    createLink(tx, { exportId: entry.id, expiresAt, by: null }),
  );
  process.stdout.write(`${publicUrl()}${made.path}\n`);
  process.stderr.write(`Good until ${made.expiresAt}. It is shown this once.\n`);
}

async function cancel({ database, entry }: Named): Promise<void> {
  await cancelExport(database, { tenantId: entry.tenantId, exportId: entry.id, by: null });
  process.stdout.write('Cancelled.\n');
}
