/** The worker's part in schedules: what it works with is of this process. */
import type { Database } from '../database/connect.ts';
import { type ScheduleWorkerOptions, workOnSchedules } from '../export/schedules/worker.ts';
import { fileStore } from '../file-store/file-store.ts';
import { openMail } from '../mail/mail.ts';
import { publicUrl } from '../platform/address.ts';

/** @returns how many runs of schedules it brought to their end. */
export async function workOnDueSchedules(
  database: Database,
  options: ScheduleWorkerOptions,
): Promise<number> {
  const mail = openMail();
  try {
    return await workOnSchedules({ database, files: fileStore(), mail, baseUrl: publicUrl() }, options);
  } finally {
    await mail.close();
  }
}
