/** Following an export whose file is made by another process. */
import type { Database } from '../../database/connect.ts';
import { type FollowOptions, follow } from '../../database/follow.ts';
import { throughOutages } from '../../database/retrying.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { type ExportFailure, type ExportState, notThere } from '../history.ts';
import type { KeptProgress } from './progress.ts';

export interface ExportEvent extends KeptProgress {
  /** Grows with each change; events of an export come in its order, and some may be passed over. */
  readonly seq: number;
  readonly state: ExportState;
  readonly failure: ExportFailure | null;
  readonly rests: boolean;
}

interface Named {
  readonly tenantId: string;
  readonly exportId: string;
}

/** Follows an export until its file is there, or will not be. @throws AppError `export.not_found` */
export function followExport(
  database: Database,
  named: Named,
  options: FollowOptions = {},
): AsyncGenerator<ExportEvent> {
  const name = `export ${named.tenantId} ${named.exportId}`;
  return follow(database, name, () => exportEvent(database, named), options);
}

interface Row {
  readonly seq: number;
  readonly state: ExportState;
  readonly progress: KeptProgress | null;
  readonly records: number | null;
  readonly bytes: number | null;
  readonly failure: ExportFailure | null;
}

/** How far it is now. @throws AppError `export.not_found` */
async function exportEvent(database: Database, { tenantId, exportId }: Named): Promise<ExportEvent> {
  const { rows } = await throughOutages(database, () =>
    withTenant(
      database,
      tenantId,
      (tx) =>
        tx.query<Row>(
          'select progress_seq as seq, state, progress, records, bytes, failure from exports where tenant_id = $1 and id = $2',
          [tenantId, exportId],
        ),
      { readOnly: true },
    ),
  );
  if (rows[0] === undefined) throw notThere();
  return eventOf(rows[0]);
}

const nothingYet: KeptProgress = {
  records_total: null,
  records_done: 0,
  bytes_done: 0,
  records_per_second: null,
  bytes_per_second: null,
  seconds_left: null,
};

/** Once it has ended, how much there is stands in the history. */
function eventOf({ seq, state, progress, records, bytes, failure }: Row): ExportEvent {
  const rests = state !== 'waiting' && state !== 'running';
  const kept = rests ? nothingYet : (progress ?? nothingYet);
  const whole =
    state === 'done' ? { records_total: records, records_done: records ?? 0, bytes_done: bytes ?? 0 } : {};
  return { seq, state, ...kept, ...whole, failure, rests };
}
