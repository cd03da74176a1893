/**
 * An export: records leave as a file, by stream. The way in one sentence: the query says what, the format makes texts
 * of it in SQL, the encoding makes bytes, and the history keeps what left.
 *
 *     const { stream, records } = await runExport(database, { tenant, dataset: customers, format: 'csv', … });
 *     stream.pipe(response);
 *
 * Count and rows are of one snapshot. Memory does not depend on how many there are.
 */
import { AsyncResource } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Database } from '../database/connect.ts';
import { type CopyOut, copyOut } from '../database/copy-out.ts';
import { literal } from '../database/literal.ts';
import { type TenantTransaction, withTenant } from '../database/with-tenant.ts';
import type { Dataset } from '../datasets/define-dataset.ts';
import type { FilterContext } from '../datasets/query/filter-context.ts';
import type { RecordFilter } from '../datasets/query/filter-schema.ts';
import type { Profile } from '../field-types/field-type.ts';
import { newId } from '../platform/ids.ts';
import { describeError, log } from '../platform/log.ts';
import type { Permission } from '../tenants/permissions.ts';
import type { Tenant } from '../tenants/tenants.ts';
import { doubtfulSpan } from './clock-agreement.ts';
import { type CsvStyle, type ExportFormat, encode } from './encode.ts';
import { type FormatContext, sessionTimezone } from './format.ts';
import { beginEntry, endEntry, type NewExport } from './history.ts';
import {
  type ColumnChoice,
  type ExportQuery,
  exportQuery,
  type Selection,
  type SortChoice,
} from './query.ts';
import { refuseLongCells } from './workbook.ts';

export interface ExportAsked {
  readonly tenant: Tenant;
  readonly dataset: Dataset;
  /** What stands in the place of the dataset's own table: see `Selection`. */
  readonly root?: Selection['root'];
  /** `all`: every field that can be exported. The dataset's defaults unless said. */
  readonly columns?: readonly ColumnChoice[] | 'all' | undefined;
  readonly filter?: RecordFilter | undefined;
  readonly sort?: readonly SortChoice[] | undefined;
  readonly limit?: number | undefined;
  readonly format: ExportFormat;
  /** For spreadsheets where the format is CSV or XLSX, for programs otherwise, unless said. */
  readonly profile?: Profile | undefined;
  readonly csv?: Partial<CsvStyle> | undefined;
  /** What one of the older systems' files has otherwise than its profile. */
  readonly manner?: Pick<FormatContext, 'daysOnly' | 'guarded'> | undefined;
  readonly gzip?: boolean | undefined;
  /** What the caller holds; `everything` at the command line. */
  readonly permissions: ReadonlySet<Permission> | 'everything';
  /** Who takes it out, for history and trail: of a member or a key. */
  readonly by: string | null;
  /** By which way: `command line`, `API` … */
  readonly source: string;
}

export interface RunningExport {
  readonly id: string;
  /** The file. When it breaks off it is destroyed with the reason: what was read until then is no whole file. */
  readonly stream: Readable;
  /** How many records it holds. */
  readonly records: number;
  /** Keys of fields that were asked for, and that the caller may not read. */
  readonly leftOut: readonly string[];
  readonly profile: Profile;
  /** Bytes that have left until now. */
  readonly bytes: () => number;
}

/**
 * Begins an export. Its history entry is there before the first byte, and is complete before the stream ends.
 *
 * @throws AppError `export.invalid`, `filter.invalid`, `permission.missing`; nothing has begun then.
 */
export async function runExport(database: Database, asked: ExportAsked): Promise<RunningExport> {
  const profile = asked.profile ?? usualProfile[asked.format];
  const query = exportQuery({ ...asked, tenantId: asked.tenant.id }, filterContext(asked), profile);
  const entry = entryOf(asked, query, profile);
  await beginEntry(database, entry);
  const meter = new Meter();
  const snapshot = await openSnapshot(database, asked, query, profile).catch((error: unknown) => {
    noteBreak(database, entry, { records: 0, meter, reason: error });
    throw error;
  });
  const { records } = snapshot;
  // The streams of the snapshot are within its transaction; what comes after them is not.
  const complete = AsyncResource.bind(async () => {
    await snapshot.over;
    await endEntry(database, entry, { state: 'done', records, ...meter.result() });
  });
  const breakOff = AsyncResource.bind((reason: Error) =>
    noteBreak(database, entry, { records, meter, reason }),
  );
  const pieces = new Pieces();
  const end = new Transform({
    transform: (bytes: Buffer, _, done) => {
      const piece = pieces.add(bytes);
      if (piece !== undefined) end.push(meter.take(piece));
      done();
    },
    flush: (done) => {
      end.push(meter.take(pieces.rest()));
      complete().then(() => done(), done);
    },
  });
  pipeline([snapshot.copy.stream, ...snapshot.through, end], (error) => {
    if (error != null && !meter.isRead) breakOff(error);
  });
  return {
    id: entry.id,
    stream: end,
    records,
    leftOut: entry.leftOut,
    profile,
    bytes: () => meter.bytes,
  };
}

const usualProfile: Readonly<Record<ExportFormat, Profile>> = {
  csv: 'spreadsheet',
  xlsx: 'spreadsheet',
  json: 'data',
  ndjson: 'data',
};

function filterContext({ tenant, dataset, permissions }: ExportAsked): FilterContext {
  const readsAll = permissions === 'everything' || permissions.has(`${dataset.key}:read_sensitive`);
  return {
    timezone: tenant.timezone,
    country: tenant.country,
    currency: tenant.currency,
    mayRead: (field) => readsAll || field.sensitive !== true,
  };
}

interface Snapshot {
  readonly records: number;
  readonly copy: CopyOut;
  readonly through: readonly Transform[];
  /** When the transaction has ended. */
  readonly over: Promise<void>;
}

/** Counts, and begins the copy, in a transaction that lasts until the copy's last byte. */
async function openSnapshot(
  database: Database,
  asked: ExportAsked,
  query: ExportQuery,
  profile: Profile,
): Promise<Snapshot> {
  const begun = Promise.withResolvers<Omit<Snapshot, 'over'>>();
  const over = withTenant(
    database,
    asked.tenant.id,
    async (tx) => {
      const format = { ...(await formatContext(tx, asked.tenant, profile)), ...asked.manner };
      await tx.query(`set local timezone = ${literal(sessionTimezone(format))}`);
      const { rows } = await tx.query<{ count: number }>(query.count);
      if (asked.format === 'xlsx') await refuseLongCells(tx, query, format);
      const { statement, through } = encode(query, encodingOf(asked, profile), format);
      const copy = copyOut(tx, statement);
      begun.resolve({ records: Number(rows[0]?.count ?? 0), copy, through });
      await copy.ended;
    },
    { isolation: 'repeatable read', readOnly: true },
  );
  over.catch(begun.reject);
  return { ...(await begun.promise), over };
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

function encodingOf({ dataset, format, csv = {}, gzip = false }: ExportAsked, profile: Profile) {
  const style: CsvStyle = {
    delimiter: csv.delimiter ?? 'comma',
    quotes: csv.quotes ?? 'needed',
    lineEnd: csv.lineEnd ?? 'crlf',
    bom: csv.bom ?? profile === 'spreadsheet',
  };
  return { format, gzip, csv: style, title: dataset.label };
}

function entryOf(asked: ExportAsked, query: ExportQuery, profile: Profile): NewExport {
  return {
    id: newId(),
    tenantId: asked.tenant.id,
    dataset: asked.dataset.key,
    format: asked.format,
    profile,
    fields: query.columns.map(({ field }) => field.key),
    leftOut: query.leftOut.map(({ key }) => key),
    filter: asked.filter ?? null,
    source: asked.source,
    by: asked.by,
  };
}

const pieceBytes = 64 * 1024;

/**
 * The server sends 8 KiB at a time, and each piece costs a write of its own further on. They are gathered, all but the
 * first, which leaves at once.
 */
class Pieces {
  private gathered: Buffer[] = [];
  private bytes = 0;
  private isBegun = false;

  add(bytes: Buffer): Buffer | undefined {
    this.gathered.push(bytes);
    this.bytes += bytes.length;
    if (this.isBegun && this.bytes < pieceBytes) return undefined;
    this.isBegun = true;
    return this.rest();
  }

  rest(): Buffer {
    const [first = Buffer.alloc(0), second] = this.gathered;
    const piece = second === undefined ? first : Buffer.concat(this.gathered, this.bytes);
    this.gathered = [];
    this.bytes = 0;
    return piece;
  }
}

/** Counts and hashes what leaves. */
class Meter {
  bytes = 0;
  isRead = false;
  private readonly hash = createHash('sha256');

  take(bytes: Buffer): Buffer {
    this.bytes += bytes.length;
    this.hash.update(bytes);
    return bytes;
  }

  /** Once, when nothing leaves any more. */
  result(): { readonly bytes: number; readonly sha256: string } {
    this.isRead = true;
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/** The reader has gone, or the database: what left is no whole file, and the history says so. */
function noteBreak(
  database: Database,
  entry: NewExport,
  { records, meter, reason }: { readonly records: number; readonly meter: Meter; readonly reason: unknown },
): void {
  log().info({ export: entry.id, reason: describeError(reason) }, 'an export broke off');
  endEntry(database, entry, { state: 'broken_off', records, ...meter.result() }).catch((error: unknown) => {
    log().error({ export: entry.id, err: error }, 'the history of an export could not be completed');
  });
}
