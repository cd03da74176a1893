/**
 * One moment of the database, from which an export is counted and copied. What is asked becomes a plan, which needs no
 * database and refuses what cannot be; the plan opens the snapshot.
 */
import type { Transform } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { type CopyOut, copyOut } from '../database/copy-out.ts';
import { literal } from '../database/literal.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import type { FilterContext } from '../datasets/query/filter-context.ts';
import type { Profile } from '../field-types/field-type.ts';
import { isUnicode } from '../file-formats/encodings/text-encoder.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import type { Tenant } from '../tenants/tenants.ts';
import type { ExportAsked } from './asked.ts';
import { doubtfulSpan } from './clock-agreement.ts';
import { type CsvStyle, type ExportFormat, encode } from './encode.ts';
import { type FormatContext, sessionTimezone } from './format.ts';
import { type ExportQuery, exportQuery } from './query.ts';
import { refuseUnfit } from './unfit.ts';

export interface ExportPlan {
  readonly asked: ExportAsked;
  readonly query: ExportQuery;
  readonly profile: Profile;
  /** Whether a sensitive field is in the file, or decides what is; known once its statement was made. */
  readonly isSensitive: () => boolean;
}

/** @throws AppError `export.invalid`, `filter.invalid`, `permission.missing` */
export function planExport(asked: ExportAsked): ExportPlan {
  const profile = asked.profile ?? usualProfile[asked.format];
  if (asked.format === 'parquet' && profile !== 'data')
    throw new AppError('export.invalid', 'Parquet is for programs, and has the profile "data" only.');
  const reading = new Reading(asked);
  const query = exportQuery({ ...asked, tenantId: asked.tenant.id }, reading, profile);
  return { asked, query, profile, isSensitive: () => reading.isSensitive };
}

const usualProfile: Readonly<Record<ExportFormat, Profile>> = {
  csv: 'spreadsheet',
  xlsx: 'spreadsheet',
  json: 'data',
  ndjson: 'data',
  parquet: 'data',
};

/** Which fields the caller reads, and whether a sensitive one was among those that were needed. */
class Reading implements FilterContext {
  readonly timezone: string;
  readonly country: string | null;
  readonly currency: string;
  isSensitive = false;
  private readonly readsAll: boolean;

  constructor({ tenant, dataset, permissions }: ExportAsked) {
    this.timezone = tenant.timezone;
    this.country = tenant.country;
    this.currency = tenant.currency;
    this.readsAll = permissions === 'everything' || permissions.has(`${dataset.key}:read_sensitive`);
  }

  readonly mayRead: FilterContext['mayRead'] = ({ sensitive }) => {
    if (sensitive !== true) return true;
    this.isSensitive ||= this.readsAll;
    return this.readsAll;
  };
}

export interface Snapshot {
  readonly records: number;
  readonly copy: CopyOut;
  readonly through: readonly Transform[];
  /** The process of the database that serves it; null where nobody asked for it. */
  readonly backend: number | null;
  /** When the transaction has ended. */
  readonly over: Promise<void>;
}

/**
 * Counts, and begins the copy, in a transaction that lasts until the copy's last byte.
 *
 * @param signal breaks it off, also while the database still counts or sorts.
 */
export async function openSnapshot(
  database: Database,
  plan: ExportPlan,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const { asked, query } = plan;
  const begun = Promise.withResolvers<Omit<Snapshot, 'over'>>();
  const copying = async (tx: TenantTransaction, backend: number | null): Promise<void> => {
    const format = { ...(await formatContext(tx, asked.tenant, plan.profile)), ...asked.manner };
    await tx.query(`set local timezone = ${literal(sessionTimezone(format))}`);
    const { rows } = await tx.query<{ count: number }>(query.count);
    const encoding = encodingOf(plan);
    await refuseUnfit(tx, query, encoding, format);
    const { statement, rows: ends, through } = encode(query, encoding, format);
    const copy = copyOut(tx, statement, ends);
    begun.resolve({ records: Number(rows[0]?.count ?? 0), copy, through, backend });
    await copy.ended;
  };
  const over = withTenant(
    database,
    asked.tenant.id,
    (tx) => (signal === undefined ? copying(tx, null) : unlessAborted(database, tx, signal, copying)),
    { isolation: 'repeatable read', readOnly: true },
  );
  over.catch(begun.reject);
  return { ...(await begun.promise), over };
}

/** The statement that runs is cancelled by the signal: a database that sorts looks at no connection. */
async function unlessAborted(
  database: Database,
  tx: TenantTransaction,
  signal: AbortSignal,
  work: (tx: TenantTransaction, backend: number) => Promise<void>,
): Promise<void> {
  const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
  const backend = rows[0]?.pid ?? 0;
  let cancelling: Promise<unknown> = Promise.resolve();
  const cancel = (): void => {
    cancelling = database.app.query('select pg_cancel_backend($1)', [backend]).catch((error: unknown) => {
      log().debug({ err: error }, 'the statement of an export could not be cancelled');
    });
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await work(tx, backend);
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelling;
  }
}

/** @returns how many records there would be, but at most so many. */
export async function countUpTo(database: Database, asked: ExportAsked, recordsMax: number): Promise<number> {
  const limit = Math.min(asked.limit ?? recordsMax, recordsMax);
  const { query } = planExport({ ...asked, limit });
  const { rows } = await withTenant(
    database,
    asked.tenant.id,
    (tx) => tx.query<{ count: number }>(query.count),
    {
      readOnly: true,
    },
  );
  return Number(rows[0]?.count ?? 0);
}

/** Also refuses what only the statement itself would show: a sort by what cannot be sorted by. */
export function assertPossible({ query, asked, profile }: ExportPlan): void {
  const { timezone, currency } = asked.tenant;
  query.cells({ profile, timezone, currency });
}

async function formatContext(
  tx: TenantTransaction,
  tenant: Tenant,
  profile: Profile,
): Promise<FormatContext> {
  const { timezone, currency } = tenant;
  const doubtful = profile === 'spreadsheet' ? await doubtfulSpan(tx, timezone) : null;
  return { profile, timezone, currency, doubtful };
}

function encodingOf({ asked, profile }: ExportPlan) {
  const { dataset, format, csv = {}, gzip = false, compress } = asked;
  const { encoding = 'utf-8' } = csv;
  const style: CsvStyle = {
    delimiter: csv.delimiter ?? 'comma',
    quotes: csv.quotes ?? 'needed',
    lineEnd: csv.lineEnd ?? 'crlf',
    // Nothing but the mark says for certain that a file is in UTF-16.
    bom: csv.bom ?? (encoding === 'utf-8' ? profile === 'spreadsheet' : isUnicode(encoding)),
    encoding,
  };
  const name = `${dataset.key}-${now().slice(0, 10)}`;
  return { format, gzip, compress, csv: style, title: dataset.label, name };
}
