/** A tenant's settings as they are read and changed: the properties with columns of their own, and all the others. */
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/connect.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import { customColumn } from '../datasets/custom/stored-value.ts';
import { dataset } from '../datasets/registry.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { listCustomFields } from './custom-fields/kept.ts';
import type { Actor } from './role-order.ts';
import { readPatch, type SettingsPatch, type TenantSettings } from './settings-schema.ts';
import { checkProperties, type TenantProperties } from './tenant-properties.ts';
import { type Tenant, type TenantRow, tenantColumns, tenantOf } from './tenants.ts';

export interface TenantChange extends Partial<TenantProperties> {
  readonly settings?: SettingsPatch;
}

const propertyNames = ['name', 'country', 'currency', 'timezone', 'language'] as const;

/**
 * Changes what is given and leaves the rest. A group of settings may be given in part. The trail has the names of
 * what changed, and no value.
 *
 * @throws AppError settings.invalid, tenant.invalid, tenant.not_found, and tenant.currency_fixed when the currency is
 *   to change and customers have money, or an import may bring some just now.
 */
export async function changeTenant(
  database: Database,
  tenantId: string,
  change: TenantChange,
  by: Actor | null,
): Promise<Tenant> {
  const { settings, ...properties } = change;
  const patch = readPatch(settings ?? {});
  const given = checkedProperties(properties);
  return withTenant(database, tenantId, async (tx) => {
    const before = await lockTenant(tx);
    const after = { ...before, ...given, settings: merged(before.settings, patch) };
    const changed = namesOfChanges(before, after);
    if (changed.length === 0) return tenantOf(before);
    if (changed.includes('currency')) await assertCurrencyFree(tx);
    await writeTenant(tx, after);
    await appendAudit(tx, {
      action: 'settings.change',
      subjectType: 'tenant',
      subjectId: tenantId,
      detail: { settings: changed },
      digest: null,
      actor: by?.id ?? null,
      at: now(),
    });
    return tenantOf(after);
  });
}

/** @throws AppError settings.invalid for a property there is not, tenant.invalid for one out of bounds. */
function checkedProperties(properties: Partial<TenantProperties>): Partial<TenantProperties> {
  const names: readonly string[] = propertyNames;
  const unknown = Object.keys(properties).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const said = unknown.map((name) => `"${name}"`).join(', ');
    throw new AppError('settings.invalid', `There is no setting ${said}.`, { settings: unknown });
  }
  checkProperties(properties);
  return properties.name === undefined ? properties : { ...properties, name: properties.name.trim() };
}

/** Under a lock, so that of two changes at once neither is lost. */
async function lockTenant(tx: TenantTransaction): Promise<TenantRow> {
  const { rows } = await tx.query<TenantRow>(
    `select ${tenantColumns} from tenants where id = $1 for no key update`,
    [tx.tenantId],
  );
  const [row] = rows;
  if (row !== undefined) return row;
  throw new AppError('tenant.not_found', 'There is no such tenant.');
}

function merged(kept: SettingsPatch, patch: SettingsPatch): SettingsPatch {
  const groups = Object.entries(patch).map(([group, settings]) => [
    group,
    { ...kept[group as keyof SettingsPatch], ...settings },
  ]);
  return { ...kept, ...Object.fromEntries(groups) };
}

/** `currency`, `retention.sourceDays` … */
function namesOfChanges(before: TenantRow, after: TenantRow): string[] {
  const properties = propertyNames.filter((name) => before[name] !== after[name]);
  const [was, is] = [flat(tenantOf(before).settings), flat(tenantOf(after).settings)];
  return [...properties, ...Object.keys(is).filter((name) => was[name] !== is[name])];
}

function flat(settings: TenantSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([group, values]) =>
      Object.entries(values).map(([name, value]): [string, unknown] => [`${group}.${name}`, value]),
    ),
  );
}

async function writeTenant(tx: TenantTransaction, row: TenantRow): Promise<void> {
  await tx.query(
    `update tenants set name = $2, country = $3, currency = $4, timezone = $5, language = $6, settings = $7 where id = $1`,
    [
      tx.tenantId,
      row.name,
      row.country,
      row.currency,
      row.timezone,
      row.language,
      JSON.stringify(row.settings),
    ],
  );
}

/** Deleted customers count, since they can be restored. Runs count from their check on, which reads their amounts. */
async function assertCurrencyFree(tx: TenantTransaction): Promise<void> {
  const { rows } = await tx.query<{ money: boolean; runs: boolean }>(
    `select exists (select from imports where tenant_id = $1
         and state in ('checking', 'checked', 'held', 'committing', 'cancelling', 'undoing')) as runs,
       exists (select from customers where tenant_id = $1 and (store_credit_balance <> 0 or total_spent <> 0))
         or exists (select from business_profiles where tenant_id = $1 and annual_revenue is not null) as money`,
    [tx.tenantId],
  );
  const [found] = rows;
  const hasMoney = found?.money === true || (await hasOwnMoney(tx));
  if (!hasMoney && found?.runs !== true) return;
  const reason = hasMoney ? 'there are amounts in it' : 'an import is under way';
  throw new AppError('tenant.currency_fixed', `The currency cannot change any more: ${reason}.`);
}

/** Whether some record has an amount in one of the tenant's own fields, those that are hidden among them. */
async function hasOwnMoney(tx: TenantTransaction): Promise<boolean> {
  const fields = (await listCustomFields(tx, { deleted: true })).filter(({ type }) => type === 'money');
  for (const { dataset: of, key } of fields) {
    const { rowCount } = await tx.query(
      `select from ${dataset(of).root.table} r where r.tenant_id = $1 and r.${customColumn} ? $2 limit 1`,
      [tx.tenantId, key],
    );
    if (rowCount === 1) return true;
  }
  return false;
}
