/**
 * Every bound there is, with the least and the most that it can be set to and what it means. A limit's variable is its
 * name in capitals behind CLIENTELE_: `cellBytesMax` is CLIENTELE_CELL_BYTES_MAX.
 */
import { z } from 'zod';

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

const limit = (preset: number, { min, max }: { readonly min: number; readonly max: number }) => {
  const says = `takes a whole number from ${min} to ${max}`;
  return z.coerce.number(says).int(says).min(min, says).max(max, says).default(preset);
};

export const limitsSchema = z.object({
  fileBytesMax: limit(2 * GiB, { min: 1, max: 1024 * GiB }).describe(
    'Bytes of a file as it lies on disk, and of what it unpacks to.',
  ),
  bombRatioMax: limit(200, { min: 2, max: 100_000 }).describe(
    'By what factor a packed file may grow that unpacks to more than bombBytesMin.',
  ),
  bombBytesMin: limit(64 * MiB, { min: 1, max: 1024 * GiB }).describe(
    'What a packed file may unpack to whatever its factor.',
  ),
  workbookBytesMax: limit(4 * GiB, { min: 1, max: 1024 * GiB }).describe(
    'Bytes of all parts of a workbook, as they unpack.',
  ),
  archiveFilesMax: limit(10_000, { min: 1, max: 1_000_000 }).describe('Files in the archive of a workbook.'),
  columnsMax: limit(1000, { min: 1, max: 1600 }).describe('Columns of a file.'),
  cellBytesMax: limit(64 * KiB, { min: 1, max: 16 * MiB }).describe('UTF-8 bytes of a cell.'),
  rowBytesMax: limit(16 * MiB, { min: 1, max: 256 * MiB }).describe(
    'Bytes of one row that are held in memory at once; a longer one is passed over and reported.',
  ),
  jsonDepthMax: limit(64, { min: 1, max: 1000 }).describe(
    'Objects and arrays within each other, in JSON and NDJSON.',
  ),
  batchRowsMax: limit(4096, { min: 1, max: 100_000 }).describe(
    'Rows that go through the pipeline at a time.',
  ),
  lookupRowsMax: limit(1000, { min: 0, max: 1_000_000 }).describe(
    'The check of a run with no more rows looks its records up one by one; that of a larger one joins whole tables.',
  ),
  chunkRows: limit(5000, { min: 1, max: 100_000 }).describe('Rows that one commit transaction writes.'),
  chunkConnections: limit(2, { min: 1, max: 16 }).describe(
    'Transactions of one run that commit chunks at the same time.',
  ),
  chunkAttemptsMax: limit(10, { min: 1, max: 100 }).describe(
    'A chunk that met a deadlock or a serialization failure is tried again.',
  ),
  batchWaitSecondsMax: limit(5, { min: 1, max: 60 }).describe(
    'How long a batch of JSON rows waits for others that write the same records.',
  ),
  customFieldsMax: limit(200, { min: 1, max: 1000 }).describe(
    "A tenant's own fields of one dataset, deleted ones with them.",
  ),
  customRereadMax: limit(200_000, { min: 1, max: 100_000_000 }).describe(
    "Values of a tenant's own field that are read anew at once when its type or limits change; with more, it is refused.",
  ),
  unguardedRowsMax: limit(500, { min: 0, max: 100_000 }).describe(
    'A call that brings no more rows as JSON is left alone by the guard rails of a tenant.',
  ),
  leaseSeconds: limit(20, { min: 2, max: 600 }).describe(
    'How long a run belongs to a process that has stopped renewing it.',
  ),
  leaseRenewSeconds: limit(5, { min: 1, max: 300 }).describe('How often a process renews what it works on.'),
  takeoverGraceSeconds: limit(5, { min: 1, max: 600 }).describe(
    'How long a transaction may go on under a lease that is over, once another process wants to go on.',
  ),
  workerRuns: limit(4, { min: 1, max: 100 }).describe('Runs that one worker brings on at the same time.'),
  tenantRunsMax: limit(2, { min: 1, max: 100 }).describe(
    'Runs of one tenant that are worked on at the same time, by all processes together.',
  ),
  workerLookSeconds: limit(10, { min: 1, max: 60 }).describe(
    'How often a worker looks by itself for runs that nobody works on, beside being woken.',
  ),
  workerExports: limit(2, { min: 1, max: 100 }).describe(
    'Exports that one worker makes into files at the same time; a connection each.',
  ),
  tenantExportsMax: limit(2, { min: 1, max: 100 }).describe(
    'Exports of one tenant that are made into files at the same time, by all processes together.',
  ),
  tenantExportsWaitingMax: limit(100, { min: 1, max: 10_000 }).describe(
    'Exports of one tenant that wait for a worker.',
  ),
  exportAttemptsMax: limit(5, { min: 1, max: 100 }).describe(
    'How often a file is begun whose worker dies, or that cannot be stored.',
  ),
  exportRetrySeconds: limit(10, { min: 1, max: 3600 }).describe(
    'How long to wait before a file is begun again that could not be stored; twice as long each further time.',
  ),
  answerRecordsMax: limit(50_000, { min: 0, max: 1_000_000_000 }).describe(
    'Records up to which an export is answered at once where that is left to the program; a larger one becomes a file.',
  ),
  exportAnswersMax: limit(4, { min: 1, max: 100 }).describe(
    'Exports that one server answers at the same time; a connection each.',
  ),
  tenantExportAnswersMax: limit(3, { min: 1, max: 100 }).describe(
    'Exports of one tenant that one server answers at the same time.',
  ),
  answerBytesPerSecondMin: limit(8 * KiB, { min: 0, max: 1 * GiB }).describe(
    'An export that is answered and taken slower than that, for as long as is said next, is cut off.',
  ),
  answerGraceSeconds: limit(60, { min: 1, max: 3600 }).describe(
    'How long the reader of an answered export may be slower than that.',
  ),
  linkHoursMax: limit(720, { min: 1, max: 87_600 }).describe(
    'How long a link to the file of an export may be good for, and no longer than the file is kept.',
  ),
  scheduleLookSeconds: limit(5, { min: 1, max: 60 }).describe(
    'How often a worker looks for schedules that are due.',
  ),
  workerSchedules: limit(4, { min: 1, max: 100 }).describe(
    'Runs of schedules that one worker brings on at the same time, half of them for one tenant; a connection each.',
  ),
  scheduleAttemptsMax: limit(6, { min: 1, max: 20 }).describe(
    'How often a run of a schedule is tried before it has failed.',
  ),
  scheduleRetrySeconds: limit(30, { min: 1, max: 3600 }).describe(
    'How long to wait before it is tried again; four times as long each further time, and never more than four hours.',
  ),
  deliverySecondsMax: limit(20, { min: 1, max: 600 }).describe(
    'How long a webhook may take to answer; a bucket has six times as long for each request.',
  ),
  tenantSchedulesMax: limit(100, { min: 1, max: 10_000 }).describe('Schedules of one tenant.'),
  scheduleHistoryDays: limit(90, { min: 1, max: 3650 }).describe(
    'How long the runs of a schedule stand in its history.',
  ),
  changesDaysMax: limit(90, { min: 1, max: 3650 }).describe(
    'A schedule of changes whose last good run is longer ago takes out everything; so long is kept which records are gone.',
  ),
  cacheBytesMax: limit(10 * GiB, { min: 0, max: 1024 * GiB }).describe(
    'Copies that are kept of files in the S3 store while they are worked on; the longest unused go first.',
  ),
  idleInTransactionSecondsMax: limit(30, { min: 1, max: 600 }).describe(
    'A transaction whose process has fallen silent is ended by the database, so that it cannot hold up a takeover.',
  ),
  reconnectSecondsMax: limit(60, { min: 1, max: 3600 }).describe(
    'How long to wait for a database that does not answer.',
  ),
  appConnectionsMax: limit(8, { min: 2, max: 100 }).describe(
    'Connections of the login that works; two at least, since a lease is renewed beside the work.',
  ),
  loaderConnectionsMax: limit(4, { min: 1, max: 100 }).describe(
    'Connections of the login that brings rows in.',
  ),
  signInsPerMinuteMax: limit(20, { min: 1, max: 100_000 }).describe(
    'Attempts of one address to sign in, or to give a second factor, within a minute.',
  ),
  sessionDays: limit(7, { min: 1, max: 365 }).describe(
    'How long a session lives after it was last renewed, which reading it over HTTP does once a day.',
  ),
  invitationDays: limit(7, { min: 1, max: 90 }).describe('How long an invitation can be accepted.'),
  mailTimeoutSeconds: limit(15, { min: 1, max: 600 }).describe(
    'How long the mail server may take to answer.',
  ),
  jsonBytesMax: limit(1 * MiB, { min: 1024, max: 1 * GiB }).describe('Bytes of a JSON body.'),
  rowsJsonBytesMax: limit(32 * MiB, { min: 1024, max: 1 * GiB }).describe(
    'Bytes of a JSON body that brings many rows, or selects records by their ids.',
  ),
  jsonSecondsMax: limit(30, { min: 1, max: 3600 }).describe('How long a JSON body may take to arrive.'),
  uploadBytesPerSecondMin: limit(8 * KiB, { min: 0, max: 1 * GiB }).describe(
    'An upload that brings less, on average since it began, is cut off.',
  ),
  uploadGraceSeconds: limit(30, { min: 1, max: 3600 }).describe(
    'How long an upload may be slower than that.',
  ),
  headSecondsMax: limit(20, { min: 1, max: 600 }).describe('How long the head of a call may take to arrive.'),
  heartbeatSeconds: limit(15, { min: 1, max: 300 }).describe(
    'A stream of events that has nothing to tell says so that often.',
  ),
  silenceSecondsMax: limit(120, { min: 1, max: 3600 }).describe(
    'A connection on which nothing moves is closed.',
  ),
  stopSecondsMax: limit(25, { min: 1, max: 3600 }).describe(
    'How long a server that is told to stop lets calls go on; those that are slower are cut off then.',
  ),
  callsPerMinuteMax: limit(3000, { min: 1, max: 1_000_000 }).describe('Calls of one member or key.'),
  strangerCallsPerMinuteMax: limit(300, { min: 1, max: 1_000_000 }).describe(
    'Calls of one address that proves nothing.',
  ),
  idempotencyHours: limit(24, { min: 1, max: 720 }).describe(
    'How long the answer to a repeatable call is kept.',
  ),
  idempotencyRunningSecondsMax: limit(300, { min: 1, max: 3600 }).describe(
    'How long the first of several equal calls may be at work before the next takes its place.',
  ),
});

export type Limits = Readonly<z.infer<typeof limitsSchema>>;
