/**
 * What a person asks of a run that rests: another mapping, a check, the commit. Each is one move in the database; a
 * worker does the rest. The run's options say how far it goes by itself from there.
 */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { toJsonb } from '../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type NotedChange, noteChange } from '../tenants/custom-fields/define.ts';
import { datasetToMap, keepMapping, makeNewFields } from './custom-fields.ts';
import { type Mapping, validateMapping } from './mapping/mapping.ts';
import { type ImportRun, loadRun, type NewFieldOption, type RunOptions } from './run.ts';
import { type ImportState, move } from './states.ts';

export interface Asked {
  readonly tenantId: string;
  readonly importId: string;
  /** Who asks. */
  readonly by: string | null;
}

/**
 * Puts a mapping in the place of the one there is; a check that was made by the old one counts no more. Fields of the
 * tenant's own that it needs are made along with it, and stay whatever becomes of the run.
 * @throws AppError `mapping.invalid`; `custom_field.invalid`, `custom_field.exists`; `import.move` before the file was looked at, or when the commit has begun.
 */
export async function putMapping(
  database: Database,
  asked: Asked,
  { mapping, newFields = [] }: { readonly mapping: Mapping; readonly newFields?: readonly NewFieldOption[] },
): Promise<ImportRun> {
  return settle(database, asked, 'mapping', async (tx, run, noted) => {
    noted.push(...(await makeNewFields(tx, run, newFields, asked.by)));
    const dataset = await datasetToMap(tx, run);
    validateMapping(mapping, dataset, run.inspection?.columns.map(({ name }) => name) ?? []);
    if (run.state === 'checked') await move(tx, run.id, 'checked', 'mapped');
    else assertRests(run, ['mapped']);
    await keepMapping(tx, run, mapping, dataset);
    await tx.query('update imports set report = null where tenant_id = $1 and id = $2', [
      tx.tenantId,
      run.id,
    ]);
    await setOptions(tx, run, { review: 'mapping', commit: false });
  });
}

/**
 * Lets the run be checked, once more if it was, and rest then.
 * @throws AppError `import.move`
 */
export async function askCheck(database: Database, asked: Asked): Promise<ImportRun> {
  return settle(database, asked, 'check', async (tx, run) => {
    if (run.state === 'checked') await move(tx, run.id, 'checked', 'mapped');
    else assertRests(run, ['uploaded', 'inspected', 'mapped', 'checking']);
    await setOptions(tx, run, { review: 'plan', commit: false });
  });
}

/**
 * Lets the run be committed as it was checked.
 * @throws AppError `import.move` unless it is checked; `import.failed` when it is all or nothing and rows failed.
 */
export async function askCommit(database: Database, asked: Asked): Promise<ImportRun> {
  return settle(database, asked, 'commit', async (tx, run) => {
    assertRests(run, ['checked']);
    if (run.options.review === undefined && !run.options.commit)
      throw new AppError('import.move', 'This run was a dry run: import the file again to commit it.');
    await setOptions(tx, run, { review: 'plan', commit: true });
  });
}

/**
 * Lets a run that is held go on.
 * @param second must it be somebody else than the run's author?
 * @throws AppError `import.move` unless it is held; `import.held` for the author himself.
 */
export async function approve(
  database: Database,
  asked: Asked,
  { second }: { readonly second: boolean },
): Promise<ImportRun> {
  return settle(database, asked, 'approval', async (tx, run) => {
    assertRests(run, ['held']);
    if (second && asked.by !== null && asked.by === run.createdBy)
      throw new AppError('import.held', 'Somebody else than its author must approve the import.');
    await tx.query('update imports set failure = null where tenant_id = $1 and id = $2', [
      tx.tenantId,
      run.id,
    ]);
    await setOptions(tx, run, { approvedBy: asked.by });
    await move(tx, run.id, 'held', 'checked');
  });
}

/** The run stays as it is until the transaction ends: its own process may be moving it on just now. */
async function settle(
  database: Database,
  { tenantId, importId, by }: Asked,
  what: 'mapping' | 'check' | 'commit' | 'approval',
  work: (tx: TenantTransaction, run: ImportRun, noted: NotedChange[]) => Promise<void>,
): Promise<ImportRun> {
  return withTenant(database, tenantId, async (tx) => {
    await tx.query('select from imports where tenant_id = $1 and id = $2 for no key update', [
      tenantId,
      importId,
    ]);
    const run = await loadRun(tx, importId);
    const noted: NotedChange[] = [];
    await work(tx, run, noted);
    const after = await loadRun(tx, importId);
    for (const change of noted) await noteChange(tx, change);
    const subject = { subjectType: 'import', subjectId: importId };
    const detail = { for: what, dataset: run.dataset.key, state: run.state };
    await appendAudit(tx, { action: 'import.asked', ...subject, detail, digest: null, actor: by, at: now() });
    return after;
  });
}

function assertRests({ state }: ImportRun, states: readonly ImportState[]): void {
  if (states.includes(state)) return;
  throw new AppError(
    'import.move',
    `The import is ${state}; this can be asked of one that is ${states.join(' or ')}.`,
  );
}

async function setOptions(
  tx: TenantTransaction,
  run: ImportRun,
  changed: Partial<Pick<RunOptions, 'review' | 'commit' | 'approvedBy'>>,
): Promise<void> {
  await tx.query(
    'update imports set options = options || $3::jsonb, updated_at = now() where tenant_id = $1 and id = $2',
    [tx.tenantId, run.id, toJsonb(changed)],
  );
}
