import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { cancelRun } from '../import/cancel.ts';
import { countProblems } from '../import/outcome/problems.ts';
import { approve } from '../import/review.ts';
import { type ImportRun, listRuns, loadRun } from '../import/run.ts';
import { beginUndo } from '../import/undo/undo.ts';
import { tenantOfImport } from '../import/whose.ts';
import { stopwatch } from '../platform/clock.ts';
import { findTenant, listTenants } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { driveToEnd, driveUndo } from './drive-to-end.ts';
import { count, exitCodeOf, printable, runAsJson, runAsText } from './run-report.ts';
import { type DatabaseUse, withDatabase } from './with-database.ts';

export const help = `clientele imports: the runs there were, and taking one back

Usage: clientele imports list [--tenant TENANT] [--json]
       clientele imports show ID [--json]
       clientele imports undo ID [--force] [--json]
       clientele imports approve ID [--json]
       clientele imports cancel ID [--json]

List has the last 100 of each tenant. Approve lets a run go on that a guard rail of its tenant holds; cancel ends one
that waits or works. Undo removes the records that the run created and gives the fields it changed their earlier values
back. What somebody changed since is left alone, and listed, unless --force undoes it as well.

  --tenant TENANT  of which tenant: a slug or an id (default: all)
  --force          undo what somebody changed since, too
  --json           print for programs: a list of objects, or one

Exit codes: as "clientele import"; of undo 3 when something was left alone.

Example: clientele imports undo 019a9b3e-7c5e-7d43-8c11-5a3c7fb2d001`;

const options = {
  tenant: { type: 'string' },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

interface How {
  readonly json: boolean;
  readonly force: boolean;
  readonly context: CommandContext;
}

interface Verb extends DatabaseUse {
  readonly act: (database: Database, id: string, how: How) => Promise<number>;
}

const verbs: Readonly<Record<string, Verb>> = {
  show: { act: show },
  undo: { act: undo, onInterrupt: 'await' },
  approve: { act: letGoOn, onInterrupt: 'await' },
  cancel: { act: cancel },
};

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb = '', id] = positionals;
  if (verb === 'list' && id === undefined) return withDatabase(context, (database) => list(database, values));
  if (verb === 'list') throw usageError(`"${id}" is one argument too many`);
  const found = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (found === undefined)
    throw usageError(`Imports can be listed, shown, undone, approved or cancelled, not "${verb}"`);
  if (values.force && verb !== 'undo') throw usageError('--force goes with "undo"');
  if (id === undefined) throw usageError(`Say which run: clientele imports ${verb} ID`);
  const { act, onInterrupt = 'abandon' } = found;
  return withDatabase(context, (database) => act(database, id, { ...values, context }), { onInterrupt });
}

async function list(
  database: Database,
  { tenant, json }: { tenant?: string | undefined; json: boolean },
): Promise<number> {
  const tenants = tenant === undefined ? await listTenants(database) : [await findTenant(database, tenant)];
  const runs: { slug: string; run: ImportRun }[] = [];
  for (const { id, slug } of tenants) {
    const found = await withTenant(database, id, (tx) => listRuns(tx, { limit: 100 }));
    runs.push(...found.map((run) => ({ slug, run })));
  }
  runs.sort((a, b) => (a.run.createdAt < b.run.createdAt ? 1 : -1));
  process.stdout.write(
    json
      ? `${JSON.stringify(runs.map(({ slug, run }) => ({ tenant: slug, ...brief(run) })))}\n`
      : table(runs),
  );
  return 0;
}

function brief(run: ImportRun): Record<string, unknown> {
  const { id, state, fileName, createdAt, created, updated, unchanged, skipped, failed } = run;
  return {
    id,
    dataset: run.dataset.key,
    state,
    file: fileName,
    at: createdAt,
    read: run.rowsRead ?? 0,
    created,
    updated,
    unchanged,
    skipped,
    failed,
  };
}

function table(runs: readonly { slug: string; run: ImportRun }[]): string {
  if (runs.length === 0) return 'Nothing was imported yet.\n';
  const width = Math.max(...runs.map(({ slug }) => slug.length));
  return runs
    .map(({ slug, run }) =>
      [
        run.id,
        run.createdAt.slice(0, 19),
        slug.padEnd(width),
        run.state.padEnd(10),
        `${count(run.rowsRead ?? 0)} rows`,
        `+${count(run.created)}`,
        `~${count(run.updated)}`,
        `!${count(run.failed)}`,
        printable(run.fileName),
      ].join('  '),
    )
    .join('\n')
    .concat('\n');
}

async function show(database: Database, id: string, { json }: How): Promise<number> {
  const tenantId = await tenantOfImport(database, id);
  const run = await withTenant(database, tenantId, (tx) => loadRun(tx, id));
  const figures = { problems: await countProblems(database, run), seconds: secondsOf(run) };
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...brief(run), ...runAsJson(run, figures), mapping: run.mapping, undo: run.undoReport })}\n`
      : runAsText(run, figures),
  );
  return 0;
}

function secondsOf(run: ImportRun): number {
  if (run.finishedAt === null) return 0;
  return (Date.parse(run.finishedAt) - Date.parse(run.createdAt)) / 1000;
}

async function letGoOn(database: Database, id: string, how: How): Promise<number> {
  const tenantId = await tenantOfImport(database, id);
  await approve(database, { tenantId, importId: id, by: null }, { second: false });
  const run = await driveToEnd(database, { tenantId, importId: id }, how.context);
  await show(database, id, how);
  return exitCodeOf(run);
}

/** One that another process works on stops after the chunk that is being written. */
async function cancel(database: Database, id: string, { json }: How): Promise<number> {
  const tenantId = await tenantOfImport(database, id);
  await cancelRun(database, tenantId, id, null);
  const { state } = await withTenant(database, tenantId, (tx) => loadRun(tx, id));
  process.stdout.write(
    json ? `${JSON.stringify({ id, state })}\n` : state === 'cancelled' ? 'Cancelled.\n' : 'Stopping.\n',
  );
  return 0;
}

async function undo(database: Database, id: string, { json, force, context }: How): Promise<number> {
  const seconds = stopwatch();
  const tenantId = await tenantOfImport(database, id);
  await beginUndo(database, tenantId, id, null, { force });
  const run = await driveUndo(database, { tenantId, importId: id }, context);
  const report = run.undoReport ?? { removed: 0, restored: 0, leftAlone: 0 };
  process.stdout.write(
    json
      ? `${JSON.stringify({ id, state: run.state, removed: report.removed, restored: report.restored, left_alone: report.leftAlone, seconds: Number(seconds().toFixed(3)) })}\n`
      : `Taken back: ${count(report.removed)} records removed, ${count(report.restored)} restored, ${count(report.leftAlone)} left alone because they changed since.\n`,
  );
  return report.leftAlone > 0 ? 3 : 0;
}
