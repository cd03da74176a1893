import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { driveRun } from '../import/drive.ts';
import { countProblems } from '../import/problems.ts';
import { approve } from '../import/review.ts';
import { type ImportRun, listRuns, loadRun } from '../import/run.ts';
import { beginUndo } from '../import/undo/undo.ts';
import { tenantOfImport } from '../import/whose.ts';
import { stopwatch } from '../platform/clock.ts';
import { findTenant, listTenants } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { progressLine } from './progress.ts';
import { count, runAsJson, runAsText } from './run-report.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele imports: the runs there were, and taking one back

Usage: clientele imports list [--tenant TENANT] [--json]
       clientele imports show ID [--json]
       clientele imports undo ID [--json]
       clientele imports approve ID [--json]

Approve lets a run go on that a guard rail of its tenant holds. Undo removes the records that the run created and gives the fields it changed their earlier values back. What somebody
changed since is left alone, and listed.

  --tenant TENANT  of which tenant: a slug or an id (default: all)
  --json           print for programs: a list of objects, or one

Example: clientele imports undo 019a9b3e-7c5e-7d43-8c11-5a3c7fb2d001`;

const options = { tenant: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb, id] = positionals;
  if (verb === 'list' && id === undefined) return withDatabase(context, (database) => list(database, values));
  if (verb === 'show' && id !== undefined)
    return withDatabase(context, (database) => show(database, id, values.json));
  if (verb === 'undo' && id !== undefined)
    return withDatabase(context, (database) => undo(database, id, values.json), { onInterrupt: 'await' });
  if (verb === 'approve' && id !== undefined)
    return withDatabase(context, (database) => letGoOn(database, id, values.json), { onInterrupt: 'await' });
  throw usageError(
    verb === 'show' || verb === 'undo' || verb === 'approve'
      ? `Say which run: clientele imports ${verb} ID`
      : `Imports can be listed, shown, undone or approved, not "${verb}"`,
  );
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
  return runs
    .map(({ slug, run }) =>
      [
        run.id,
        run.createdAt.slice(0, 19),
        slug,
        run.state.padEnd(10),
        `${count(run.rowsRead ?? 0)} rows`,
        `+${count(run.created)}`,
        `~${count(run.updated)}`,
        `!${count(run.failed)}`,
        run.fileName,
      ].join('  '),
    )
    .join('\n')
    .concat('\n');
}

async function show(database: Database, id: string, json: boolean): Promise<number> {
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

async function letGoOn(database: Database, id: string, json: boolean): Promise<number> {
  const tenantId = await tenantOfImport(database, id);
  await approve(database, { tenantId, importId: id, by: null }, { second: false });
  const line = progressLine();
  const run = await driveRun(database, { tenantId, importId: id }, line.watch).finally(line.end);
  await show(database, id, json);
  return run.failed > 0 ? 3 : 0;
}

async function undo(database: Database, id: string, json: boolean): Promise<number> {
  const seconds = stopwatch();
  const tenantId = await tenantOfImport(database, id);
  await beginUndo(database, tenantId, id);
  const line = progressLine();
  const run = await driveRun(database, { tenantId, importId: id }, line.watch).finally(line.end);
  const report = run.undoReport ?? { removed: 0, restored: 0, leftAlone: 0 };
  process.stdout.write(
    json
      ? `${JSON.stringify({ id, state: run.state, removed: report.removed, restored: report.restored, left_alone: report.leftAlone, seconds: Number(seconds().toFixed(3)) })}\n`
      : `Taken back: ${count(report.removed)} records removed, ${count(report.restored)} restored, ${count(report.leftAlone)} left alone because they changed since.\n`,
  );
  return report.leftAlone > 0 ? 3 : 0;
}
