/** What a change of a tenant's own field leaves to do is done by whoever works, beside the runs. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../database/connect.ts';
import { settleCustomFields, unsettledTenants } from '../tenants/custom-fields/settle.ts';

const lookEveryMs = 3000;

/** @returns what ends it, after the batch that is under way. */
export function tendCustomFields(
  database: Database,
  noteFailure: (error: unknown, what: string) => void,
): () => Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const tend = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for (const tenantId of await unsettledTenants(database))
          await settleCustomFields(database, tenantId, signal);
      } catch (error) {
        noteFailure(error, 'values of custom fields could not be settled; they are the next time');
      }
      await pause(lookEveryMs, undefined, { signal }).catch(() => {
        // It is to end.
      });
    }
  };
  const tending = tend();
  return () => {
    ending.abort();
    return tending;
  };
}
