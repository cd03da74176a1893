/**
 * What an export takes, as statements: a dataset, columns and a filter become one SELECT whose cells are texts
 * ready to be written, and one that counts its rows. Everything is derived from the dataset's definition.
 */
import { literal } from '../database/literal.ts';
import type { Dataset, FieldDefinition } from '../datasets/define-dataset.ts';
import { fieldNamed, filterSql } from '../datasets/query/filter.ts';
import type { FilterContext } from '../datasets/query/filter-context.ts';
import type { RecordFilter } from '../datasets/query/filter-schema.ts';
import { type RecordSql, recordSql } from '../datasets/query/record-sql.ts';
import { fieldType } from '../field-types/registry.ts';
import { AppError } from '../platform/errors.ts';
import { type FormatContext, jsonSql, textSql } from './format.ts';
import { numberedColumns } from './numbered-columns.ts';

/**
 * A column of the file: a field by its key, label or alias, and the header in the place of the profile's own. Of a
 * customer, `addresses:3` is the columns of three addresses.
 */
export interface ColumnChoice {
  readonly field: string;
  readonly header?: string | undefined;
  /** What stands in the place of an absent value: nothing, or what a new record would have. */
  readonly absent?: 'blank' | 'default' | undefined;
  /** SQL of the same type in the place of the field's own value, where one of the older systems has another. */
  readonly value?: ((record: RecordSql) => string) | undefined;
  /** A column that the caller may not read: left out with its header, or there with nothing in it. */
  readonly unreadable?: 'leave out' | 'blank' | undefined;
}

export interface SortChoice {
  readonly field: string;
  readonly descending?: boolean | undefined;
}

export interface Selection {
  readonly dataset: Dataset;
  readonly tenantId: string;
  /** A query with the columns of the dataset's own table, in its place; it is given SQL of the tenant's id. */
  readonly root?: ((tenant: string) => string) | undefined;
  /** `all`: every field that can be exported; the dataset's defaults unless said. */
  readonly columns?: readonly ColumnChoice[] | 'all' | undefined;
  readonly filter?: RecordFilter | undefined;
  /** Newest first unless said. */
  readonly sort?: readonly SortChoice[] | undefined;
  readonly limit?: number | undefined;
}

export interface ChosenColumn {
  readonly field: FieldDefinition;
  readonly header: string;
  readonly absent: 'blank' | 'default';
  readonly value: ((record: RecordSql) => string) | undefined;
  /** The column is there, and nothing in it. */
  readonly isHidden: boolean;
}

/** @param value SQL of the value as the database keeps it. @returns SQL of what the file's format takes. */
export type WriteCell = (value: string, field: FieldDefinition, format: FormatContext) => string;

export interface ExportQuery {
  readonly columns: readonly ChosenColumn[];
  /** Fields that were asked for, or are among all, and that the caller may not read. */
  readonly leftOut: readonly FieldDefinition[];
  readonly count: string;
  /** The column by which a message names a record; undefined where the caller reads none that could. */
  readonly named: ChosenColumn | undefined;
  /** One value a column, null where it is absent: texts, unless it is written otherwise. */
  cells(format: FormatContext, write?: WriteCell): string;
  /** Of some columns and in no order, to look all records through. */
  cellsOf(columns: readonly ChosenColumn[], format: FormatContext, write?: WriteCell): string;
  /** One JSON object a row, in a single column; `before` is put before each. */
  objects(format: FormatContext, before: string): string;
}

/**
 * @param context its `mayRead` says which sensitive fields the caller reads.
 * @throws AppError `export.invalid` for columns that there are not, or that share a header; `filter.invalid`;
 *   `permission.missing` for a sensitive field in the filter or the order.
 */
export function exportQuery(
  selection: Selection,
  context: FilterContext,
  profile: FormatContext['profile'],
): ExportQuery {
  const { dataset, tenantId, root, limit } = selection;
  const { columns, leftOut } = chooseColumns(selection, context, profile);
  const counted = recordSql(dataset, tenantId, root);
  const where = filterSql(counted, selection.filter ?? {}, context);
  const atMost = limit === undefined ? '' : `\nlimit ${limitOf(limit)}`;

  const select = (cells: (record: RecordSql) => string, isOrdered = true): string => {
    const record = recordSql(dataset, tenantId, root);
    const selected = cells(record);
    const filtered = filterSql(record, selection.filter ?? {}, context);
    const order = isOrdered ? `\norder by ${orderSql(record, selection.sort, context)}` : '';
    return `select ${selected}\nfrom ${record.from()}\nwhere ${filtered}${order}${atMost}`;
  };
  return {
    columns,
    leftOut,
    count:
      countSql(counted, where, limit) ??
      `select count(*)::bigint as count from (select from ${counted.from()} where ${where}${atMost}) c`,
    named: namingColumn(dataset, context),
    cells: (format, write = textSql) => select((record) => cellsOf(record, columns, format, write)),
    // Which records are the first so many depends on their order.
    cellsOf: (some, format, write = textSql) =>
      select((record) => cellsOf(record, some, format, write), limit !== undefined),
    objects: (format, before) =>
      select(
        (record) =>
          `${literal(before)} || json_object(${columns.map((column) => memberOf(record, column, format)).join(',\n  ')} null on null returning text)`,
      ),
  };
}

/**
 * Of all the records there are: all rows less the deleted ones, both from indexes alone. 300,000 were counted in a
 * quarter of the time that the table takes.
 */
function countSql(record: RecordSql, where: string, limit: number | undefined): string | undefined {
  const { dataset, tenant } = record;
  const { table } = dataset.root;
  const isAll = where === record.isThere() && record.from() === `${table} r`;
  if (!isAll || dataset.softDeletes !== true || limit !== undefined) return undefined;
  const rows = (more: string): string => `(select count(*) from ${table} where tenant_id = ${tenant}${more})`;
  return `select ${rows('')} - ${rows(' and deleted_at is not null')} as count`;
}

function cellsOf(
  record: RecordSql,
  columns: readonly ChosenColumn[],
  format: FormatContext,
  write: WriteCell,
): string {
  return columns.map((column) => write(cellOf(record, column), column.field, format)).join(',\n  ');
}

function memberOf(record: RecordSql, column: ChosenColumn, format: FormatContext): string {
  return `${literal(column.header)} value ${jsonSql(cellOf(record, column), column.field, format)}`;
}

function cellOf(record: RecordSql, { field, absent, value: own, isHidden }: ChosenColumn): string {
  const type = field.type === 'reference' ? 'text' : fieldType(field.type).sqlType;
  if (isHidden) return `null::${type}`;
  const value = own === undefined ? record.value(field.key) : `(${own(record)})`;
  return absent === 'default' && typeof field.default === 'string'
    ? `coalesce(${value}, ${literal(field.default)}::${type})`
    : value;
}

function chooseColumns(
  { dataset, columns }: Selection,
  context: FilterContext,
  profile: FormatContext['profile'],
): Pick<ExportQuery, 'columns' | 'leftOut'> {
  const chosen: ChosenColumn[] = [];
  const leftOut: FieldDefinition[] = [];
  for (const choice of choicesOf(dataset, columns)) {
    const field = choice.numbered ?? exportable(dataset, choice.field);
    const isReadable = context.mayRead(field);
    if (!isReadable) leftOut.push(field);
    if (!isReadable && choice.unreadable !== 'blank') continue;
    chosen.push({
      field,
      header: headerOf(choice, field, profile),
      absent: choice.absent ?? 'blank',
      value: choice.value,
      isHidden: !isReadable,
    });
  }
  assertDistinct(chosen);
  return { columns: chosen, leftOut };
}

/** What no file of people's has in a header, and some formats have no way to write. */
const unwritable = /(?![\t\r\n])\p{Cc}/u;

function headerOf(choice: ColumnChoice, field: FieldDefinition, profile: FormatContext['profile']): string {
  const header = choice.header ?? (profile === 'data' ? field.key : field.label);
  if (header.trim() === '')
    throw new AppError('export.invalid', `The column ${field.key} has an empty header.`);
  if (unwritable.test(header) || !header.isWellFormed())
    throw new AppError('export.invalid', `The header of the column ${field.key} holds a control character.`, {
      field: field.key,
    });
  return header;
}

/** One of the columns that a choice such as `addresses:3` stands for has a field of its own. */
type OneChoice = ColumnChoice & { readonly numbered?: FieldDefinition };

function choicesOf(dataset: Dataset, columns: Selection['columns']): readonly OneChoice[] {
  if (columns !== undefined && columns !== 'all')
    return columns.flatMap((choice): readonly OneChoice[] => numberedColumns(dataset, choice) ?? [choice]);
  const all = dataset.fields.filter((field) => field.exportable);
  const defaults = all.filter((field) => field.exportDefault === true);
  const taken = columns === 'all' || defaults.length === 0 ? all : defaults;
  return taken.map(({ key }) => ({ field: key }));
}

function exportable(dataset: Dataset, named: string): FieldDefinition {
  const key = dataset.keyFor(named);
  const field = key === undefined ? undefined : dataset.field(key);
  if (field?.exportable === true) return field;
  const reason = field === undefined ? 'have no field' : 'do not export the field';
  throw new AppError('export.invalid', `${dataset.label} ${reason} "${named.slice(0, 100)}".`, {
    field: named,
  });
}

function namingColumn(dataset: Dataset, context: FilterContext): ChosenColumn | undefined {
  const keys = [...dataset.matchKeys.filter((key) => key !== 'id'), ...(dataset.identity ?? []), 'id'];
  const fields = keys.filter((key) => dataset.has(key)).map((key) => dataset.field(key));
  const field = fields.find((candidate) => candidate.exportable && context.mayRead(candidate));
  return field && { field, header: field.label, absent: 'blank', value: undefined, isHidden: false };
}

function assertDistinct(columns: readonly ChosenColumn[]): void {
  if (columns.length === 0) throw new AppError('export.invalid', 'No column is left to export.');
  const seen = new Set<string>();
  for (const { header } of columns) {
    if (seen.has(header))
      throw new AppError('export.invalid', `Two columns are called "${header}".`, { header });
    seen.add(header);
  }
}

function limitOf(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw new AppError('export.invalid', 'The most records to export are a whole number.', { limit });
  return limit;
}

/** Always down to the id, so that the same records are in the same order. */
function orderSql(
  record: RecordSql,
  sort: readonly SortChoice[] | undefined,
  context: FilterContext,
): string {
  const { dataset } = record;
  if (sort === undefined || sort.length === 0) return [...newestFirst(record), 'r.id desc'].join(', ');
  const keys = sort.map(({ field: named, descending = false }) => {
    const field = fieldNamed(dataset, named, context);
    if (field.type === 'json' || field.type === 'tags')
      throw new AppError('export.invalid', `${dataset.label} cannot be sorted by ${field.label}.`, {
        field: field.key,
      });
    return `${record.value(field.key)} ${descending ? 'desc' : 'asc'} nulls last`;
  });
  return [...keys, 'r.id'].join(', ');
}

/** By the time of creation, or by the day that the record is about. */
function newestFirst(record: RecordSql): string[] {
  const { dataset } = record;
  const key = dataset.has('created_at')
    ? 'created_at'
    : dataset.fields.find(({ type }) => type === 'date')?.key;
  return key === undefined ? [] : [`${record.value(key)} desc`];
}
