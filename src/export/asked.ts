/** What an export is asked for. */
import type { Dataset } from '../datasets/define-dataset.ts';
import type { RecordFilter } from '../datasets/query/filter-schema.ts';
import type { Profile } from '../field-types/field-type.ts';
import type { Permission } from '../tenants/permissions.ts';
import type { Tenant } from '../tenants/tenants.ts';
import type { Compression, CsvStyle, ExportFormat } from './encode.ts';
import type { FormatContext } from './format.ts';
import type { ColumnChoice, Selection, SortChoice } from './query.ts';

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
  /** How the file is packed; in the place of `gzip`. */
  readonly compress?: Compression | undefined;
  /** What the caller holds; `everything` at the command line. */
  readonly permissions: ReadonlySet<Permission> | 'everything';
  /** Who takes it out, for history and trail: of a member or a key. */
  readonly by: string | null;
  /** By which way: `command line`, `API` … */
  readonly source: string;
}
