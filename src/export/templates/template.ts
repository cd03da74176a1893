/**
 * A template is an export under a name: dataset, columns, filter, order, format and style. It holds no records and no
 * permissions: whoever uses it takes out what he himself may.
 */
import type { Database } from '../../database/connect.ts';
import { codeOf } from '../../database/failures.ts';
import { toJsonb } from '../../database/jsonb.ts';
import { type TenantTransaction, withTenant } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { isId, newId } from '../../platform/ids.ts';
import { actorOf, type RunsAs, runsAsColumns } from '../schedules/schedule.ts';
import { note } from '../trail.ts';
import type { ExportWanted } from '../wanted.ts';
import { keptName, normOf, refuseTaken } from './names.ts';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly dataset: string;
  /** All that is wanted but the dataset, as it is kept: what a newer program makes of it is found when it is used. */
  readonly content: unknown;
  /** Of a member or a key; null at the command line. */
  readonly createdBy: string | null;
  /** As PostgreSQL writes a timestamptz. */
  readonly createdAt: string;
  readonly updatedBy: string | null;
  readonly updatedAt: string;
}

const columns = `id, name, dataset, content, created_by as "createdBy", created_at as "createdAt",
  updated_by as "updatedBy", updated_at as "updatedAt"`;

/** @returns those of the datasets, in the order of their names. */
export async function listTemplates(
  tx: TenantTransaction,
  datasets: readonly string[],
): Promise<readonly Template[]> {
  const { rows } = await tx.query<Template>(
    `select ${columns} from export_templates where tenant_id = $1 and dataset = any ($2) order by name_norm`,
    [tx.tenantId, datasets],
  );
  return rows;
}

/**
 * @param named an id, or a name in any case.
 * @throws AppError `template.not_found`
 */
export async function findTemplate(tx: TenantTransaction, named: string): Promise<Template> {
  const [column, value] = isId(named) ? ['id', named.toLowerCase()] : ['name_norm', normOf(named)];
  const { rows } = await tx.query<Template>(
    `select ${columns} from export_templates where tenant_id = $1 and ${column} = $2`,
    [tx.tenantId, value],
  );
  const [template] = rows;
  if (template !== undefined) return template;
  throw new AppError('template.not_found', `There is no template "${named.slice(0, 100)}".`, { named });
}

/**
 * @param wanted checked by whoever calls: that it can be exported, by whom it is saved.
 * @throws AppError `template.exists`, `template.invalid` for a name that cannot be.
 */
export async function createTemplate(
  database: Database,
  tenantId: string,
  { name, wanted }: { readonly name: string; readonly wanted: ExportWanted },
  by: string | null,
): Promise<Template> {
  const kept = keptName(name, 'template');
  const { dataset, ...content } = wanted;
  const at = now();
  return withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx
      .query<Template>(
        `insert into export_templates (tenant_id, id, name, name_norm, dataset, content, created_by, created_at, updated_by, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8) returning ${columns}`,
        [tenantId, newId(), kept.name, kept.norm, dataset, toJsonb(content), by, at],
      )
      .catch(refuseTaken(kept.name, 'template'));
    const template = rows[0] as Template;
    await note(tx, { action: 'template.create', ...subjectOf(template), actor: by, at });
    return template;
  });
}

/**
 * Replaces what is given and keeps the rest. The schedules that run the template run from then on as whoever said what it
 * takes out: nobody has records taken out by another one's permissions.
 *
 * @throws AppError as `createTemplate` does, and `template.not_found`.
 */
export async function changeTemplate(
  database: Database,
  tenantId: string,
  id: string,
  change: { readonly name?: string | undefined; readonly wanted?: ExportWanted | undefined },
  as: RunsAs,
): Promise<Template> {
  const by = actorOf(as);
  const kept = change.name === undefined ? undefined : keptName(change.name, 'template');
  const { dataset = null, ...content } = change.wanted ?? {};
  const at = now();
  return withTenant(database, tenantId, async (tx) => {
    const { rows } = await tx
      .query<Template>(
        `update export_templates set name = coalesce($3, name), name_norm = coalesce($4, name_norm), dataset = coalesce($5, dataset),
           content = coalesce($6, content), updated_by = $7, updated_at = $8
         where tenant_id = $1 and id = $2 returning ${columns}`,
        [
          tenantId,
          id,
          kept?.name ?? null,
          kept?.norm ?? null,
          dataset,
          change.wanted === undefined ? null : toJsonb(content),
          by,
          at,
        ],
      )
      .catch(refuseTaken(kept?.name ?? '', 'template'));
    const [template] = rows;
    if (template === undefined) throw new AppError('template.not_found', 'There is no such template.');
    if (change.wanted !== undefined)
      await tx.query(
        'update export_schedules set runs_as = $3, runs_as_id = $4, runs_as_user = $5 where tenant_id = $1 and template_id = $2',
        [tenantId, id, ...runsAsColumns(as)],
      );
    await note(tx, { action: 'template.change', ...subjectOf(template), actor: by, at });
    return template;
  });
}

/** @throws AppError `template.not_found`; `template.in_use` where a schedule runs it. */
export async function removeTemplate(
  database: Database,
  tenantId: string,
  id: string,
  by: string | null,
): Promise<void> {
  await withTenant(database, tenantId, async (tx) => {
    const template = await findTemplate(tx, id);
    const { rows } = await tx.query<{ name: string }>(
      'select name from export_schedules where tenant_id = $1 and template_id = $2 order by name limit 1',
      [tenantId, id],
    );
    if (rows[0] !== undefined) throw inUse(rows[0].name);
    await tx
      .query('delete from export_templates where tenant_id = $1 and id = $2', [tenantId, id])
      .catch((error: unknown) => {
        // A schedule that was made of it just now.
        throw codeOf(error) === '23503' ? inUse() : error;
      });
    await note(tx, { action: 'template.remove', ...subjectOf(template), actor: by, at: now() });
  });
}

function inUse(schedule?: string): AppError {
  const which = schedule === undefined ? 'A schedule' : `The schedule "${schedule}"`;
  return new AppError('template.in_use', `${which} runs this template: remove the schedule first.`);
}

function subjectOf({ id, dataset }: Template) {
  return { subjectId: id, detail: { dataset } };
}
