/** What routes work with: made once for the process, handed to every call. */
import type { Accounts } from '../accounts/accounts.ts';
import type { Database } from '../database/connect.ts';
import type { FileStore } from '../file-store/file-store.ts';
import type { RunName } from '../import/drive.ts';
import type { Mail } from '../mail/mail.ts';

export interface Services {
  readonly database: Database;
  readonly accounts: Accounts;
  readonly mail: Mail;
  readonly files: FileStore;
  /** Tells the workers, of this process and of others, that a run can go on. */
  readonly wake: (run: RunName) => Promise<void>;
  /** Tells them that a file of the tenant's can be made. */
  readonly wakeExports: (tenantId: string) => Promise<void>;
  /** Where people reach the program, without a slash at the end: the beginning of every link in a mail. */
  readonly baseUrl: string;
  /** Aborted when the server is to stop: what would go on for long ends then. */
  readonly stopping: AbortSignal;
}
