/** What a run of a schedule hands over, whichever way it goes. */
import type { Tenant } from '../../tenants/tenants.ts';
import type { StoredExport } from '../stored-export.ts';

export interface ParcelFile extends StoredExport {
  /** The records, or those that are gone. */
  readonly role: 'records' | 'gone';
  /** Where it goes in a bucket, behind the prefix: made of schedule and due time, so the same for every attempt. */
  readonly place: string;
}

export interface Parcel {
  readonly tenant: Tenant;
  readonly schedule: { readonly id: string; readonly name: string };
  /** The run's id: the same for every attempt. */
  readonly id: string;
  /** ISO 8601. */
  readonly dueAt: string;
  readonly createdAt: string;
  /** Key of the dataset. */
  readonly dataset: string;
  /** All records that the template chooses, or those that changed since the run before. */
  readonly contents: 'all' | 'changes';
  /** Whether a sensitive field is in a file. */
  readonly isSensitive: boolean;
  readonly files: readonly ParcelFile[];
  /** In whose name: of a member or a key; null for the operator. */
  readonly by: string | null;
}
