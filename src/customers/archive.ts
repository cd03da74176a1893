/**
 * Archiving a selection of customers and taking them back. An archived customer has the status `archived`, who did it
 * and when, and the status to which it returns; so the state and these columns always say the same.
 */
import type { Database } from '../database/connect.ts';
import {
  type CustomersNamed,
  nobodyKept,
  type Operation,
  type OperationResult,
  operate,
} from './operation.ts';

const archive: Operation = {
  action: 'customers.archive',
  where: `c.status <> 'archived'`,
  sets: {
    status: `'archived'`,
    status_before_archive: 'c.status',
    archived_at: '$4::timestamptz',
    archived_by: '$5::uuid',
  },
};

/** An import may bring customers that were archived elsewhere: their earlier status is not known, and they come back active. */
const unarchive: Operation = {
  action: 'customers.unarchive',
  where: `c.status = 'archived'`,
  sets: {
    status: `case when c.status_before_archive is null or c.status_before_archive = 'archived' then 'active' else c.status_before_archive end`,
    status_before_archive: 'null',
    archived_at: 'null',
    archived_by: 'null',
  },
};

/** Only those that are not archived. */
export async function archiveCustomers(database: Database, named: CustomersNamed): Promise<OperationResult> {
  const { kept: _, ...result } = await operate(database, archive, named, nobodyKept);
  return result;
}

/** Only those that are archived. */
export async function unarchiveCustomers(
  database: Database,
  named: CustomersNamed,
): Promise<OperationResult> {
  const { kept: _, ...result } = await operate(database, unarchive, named, nobodyKept);
  return result;
}
