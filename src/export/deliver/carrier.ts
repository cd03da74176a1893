/** What a delivery works with, and what it is about. */
import type { Database } from '../../database/connect.ts';
import type { FileStore } from '../../file-store/file-store.ts';
import type { Mail } from '../../mail/mail.ts';
import type { Destination } from './destination.ts';
import type { Parcel } from './parcel.ts';

export interface Carrier {
  readonly database: Database;
  readonly files: FileStore;
  readonly mail: Mail;
  /** Where people reach the program, without a slash at the end. */
  readonly baseUrl: string;
}

export interface Delivery<To = Destination> {
  readonly parcel: Parcel;
  readonly destination: To;
  /** Sealed. */
  readonly secret: string | null;
  /** Places where an earlier attempt has arrived. */
  readonly arrived: ReadonlySet<string>;
  /** Keeps that it has arrived at one more. */
  arrive(place: string): Promise<void>;
}
