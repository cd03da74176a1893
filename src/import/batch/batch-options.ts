/** What a caller says of a batch. */
import type { WriteRule } from '../../datasets/define-dataset.ts';
import type { ColumnReading } from '../../field-types/field-type.ts';
import type { DuplicateRule } from '../check/duplicates.ts';
import type { RowCheck } from './row-checks.ts';

/** Fields are named by key, label or any alias, in any spelling. What is left out is as for a file. */
export interface BatchOptions {
  readonly tenantId: string;
  /** Who imports: the id of a member or of a key. */
  readonly by: string | null;
  /**
   * For the run, where the same batch may come again, with the same rows: when it was committed under this id before,
   * its outcomes are those of then.
   */
  readonly id?: string;
  readonly dataset: string;
  /** Each an object; anything else is a problem of its row. */
  readonly rows: readonly unknown[];
  /** What the history calls it: `bulk`, `json import` … */
  readonly source: string;
  readonly mode?: 'create' | 'update' | 'upsert';
  /** Match keys in order. */
  readonly match?: readonly string[];
  /** Fields without which no record is created. */
  readonly required?: readonly string[];
  /** Texts that a new record gets where its row has nothing; a found record keeps what it has. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly duplicates?: DuplicateRule;
  readonly deleted?: 'restore' | 'skip';
  /** What a null, or an empty text, does to a found record: `keep` leaves the field, `clear` clears it. */
  readonly empty?: 'keep' | 'clear';
  readonly write?: Readonly<Record<string, WriteRule>>;
  readonly reading?: ColumnReading;
  readonly createGroups?: boolean;
  /** Datasets of which the batch makes the records that its rows name and nobody has: see `makeable`. */
  readonly createMissing?: readonly string[];
  /** Keys of rows may mean the tenant's own fields too; those of the older systems' calls never do. */
  readonly customFields?: boolean;
  /** All rows or none. */
  readonly atomic?: boolean;
  /**
   * The key of a row that names the customer to write to, by id, number or external id; the batch then only updates,
   * and takes no other key for one. See `updateBatch`.
   */
  readonly target?: string;
  /** What a row must fulfil beside the rules of its dataset. */
  readonly checks?: readonly RowCheck[];
  /** Rows of a longer list that stand before this one: checks see a row under its place in the whole. */
  readonly rowsBefore?: number;
}
