/** What a run that goes well leaves to the next one: from where on a record counts as changed, and under which terms. */
import { createHash } from 'node:crypto';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { FieldDefinition } from '../../datasets/define-dataset.ts';
import type { FilterNode, RecordFilter } from '../../datasets/query/filter-schema.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import type { ExportAsked } from '../asked.ts';
import type { ExportPlan } from '../snapshot.ts';
import type { Changes } from './changes.ts';

export interface Baseline {
  /** Transactions from this number on were perhaps not seen; see changes.ts. In decimals. */
  readonly horizon: string;
  /** Of the database's server: the numbers of another one say nothing. */
  readonly system: string;
  /** Of all that makes a file what it is: when that changes, so does every line. */
  readonly terms: string;
  readonly at: string;
}

/** Taken in a transaction that is over before the snapshot of the export is opened. */
export async function takeBaseline(tx: TenantTransaction, plan: ExportPlan, at: string): Promise<Baseline> {
  const { rows } = await tx.query<{ horizon: string }>(
    'select pg_snapshot_xmin(pg_current_snapshot())::text as horizon',
  );
  const horizon = rows[0]?.horizon;
  if (horizon === undefined) throw new Error('The database gave no snapshot.');
  return { horizon, system: await systemOf(tx), terms: termsOf(plan), at };
}

/** Where the app may not ask, no server counts as the same as before. */
async function systemOf(tx: TenantTransaction): Promise<string> {
  const { rows } = await tx.query<{ may: boolean }>(
    `select has_function_privilege('pg_catalog.pg_control_system()', 'execute') as may`,
  );
  if (rows[0]?.may !== true) return '';
  const system = await tx.query<{ id: string }>(
    'select system_identifier::text as id from pg_control_system()',
  );
  return system.rows[0]?.id ?? '';
}

function termsOf({ asked, query, profile }: ExportPlan): string {
  const { dataset, tenant, filter, sort, format, csv, gzip, compress } = asked;
  // A choice is shown by its label, which a tenant may change.
  const columns = query.columns.map(({ field, header }) => [field.key, field.type, header, field.values]);
  const clock = [tenant.timezone, tenant.currency, tenant.country];
  const terms = [dataset.key, columns, filter, sort, format, profile, csv, gzip, compress, clock];
  return createHash('sha256').update(JSON.stringify(terms)).digest('hex');
}

const dayMs = 86_400_000;

/** @returns whether changes can be told from the earlier run on; otherwise all records are to be taken out. */
export function mayFollow(earlier: Baseline | null, present: Baseline): earlier is Baseline {
  if (earlier === null) return false;
  const ageDays = (Date.parse(present.at) - Date.parse(earlier.at)) / dayMs;
  return (
    earlier.system !== '' &&
    earlier.system === present.system &&
    earlier.terms === present.terms &&
    BigInt(earlier.horizon) <= BigInt(present.horizon) &&
    ageDays < configuration().limits.changesDaysMax
  );
}

/** @throws AppError `schedule.invalid` for an export of which changes cannot be told. */
export function assertFollowable({ dataset, limit }: ExportAsked): void {
  if (!dataset.has('id'))
    throw new AppError(
      'schedule.invalid',
      `${dataset.label} have no id by which deleted ones could be listed: take them out whole.`,
    );
  if (limit !== undefined)
    throw new AppError(
      'schedule.invalid',
      'A template with a limit cannot be followed by its changes: whichever come first may change with every record. Take it out whole.',
    );
}

export function changesSince({ asked, query }: ExportPlan, horizon: string): Changes {
  const inFile = query.columns.map(({ field }) => field);
  return { dataset: asked.dataset, horizon, fields: [...new Set([...inFile, ...fieldsIn(asked)])] };
}

function fieldsIn({ dataset, filter }: ExportAsked): FieldDefinition[] {
  return namesIn(filter).flatMap((named) => {
    const key = dataset.keyFor(named);
    return key === undefined ? [] : [dataset.field(key)];
  });
}

function namesIn({ where }: RecordFilter = {}): string[] {
  const visit = (node: FilterNode): string[] => {
    if ('field' in node) return [node.field];
    return ('and' in node ? node.and : node.or).flatMap(visit);
  };
  return where === undefined ? [] : visit(where);
}
