/**
 * The second file of a run that takes out changes: the records that whoever has the earlier files should take away.
 * They were deleted, or they changed so that the filter does not choose them any more. It may name some that were in no
 * file before, since nobody keeps what was.
 */
import { identifier, literal } from '../../database/literal.ts';
import { type Dataset, defineDataset, type FieldDefinition } from '../../datasets/define-dataset.ts';
import { inPart, text, uuid } from '../../datasets/fields.ts';
import { filterSql } from '../../datasets/query/filter.ts';
import type { FilterContext } from '../../datasets/query/filter-context.ts';
import { recordSql } from '../../datasets/query/record-sql.ts';
import type { ExportAsked } from '../asked.ts';
import { type Changes, changedIds, isNewer } from './changes.ts';

/** @returns what is to be asked for beside the changed records: their ids, why, and the keys that the file has too. */
export function goneOf(asked: ExportAsked, changes: Changes): ExportAsked {
  const keys = keysIn(changes);
  // A filter by a sensitive field tells something of it by whom it does not choose.
  const sensitive = changes.fields.some((field) => field.sensitive === true);
  const { csv, format, profile, compress, gzip, tenant, permissions, by, source } = asked;
  return {
    csv,
    format,
    profile,
    compress,
    gzip,
    tenant,
    permissions,
    by,
    source,
    dataset: goneDataset(changes.dataset, keys, sensitive),
    root: () => goneSql(asked, changes, keys),
    columns: 'all',
  };
}

/** Keys by which a file names a record, where they are columns of its own table and of the file. */
function keysIn({ dataset, fields }: Changes): FieldDefinition[] {
  return dataset.matchKeys
    .filter((key) => key !== 'id' && fields.some((field) => field.key === key))
    .map((key) => dataset.field(key))
    .filter((field) => field.part === dataset.root.key);
}

function goneDataset(of: Dataset, keys: readonly FieldDefinition[], sensitive: boolean): Dataset {
  const own = keys.map(({ key, label, type }) => ({
    key,
    label,
    type,
    importable: 'no' as const,
    exportable: true,
  }));
  return defineDataset({
    key: of.key,
    label: `${of.label}, gone`,
    singular: of.singular,
    parts: [{ key: 'gone', table: of.root.table, kind: 'root' }],
    fields: inPart('gone', [{ ...uuid('id', 'ID'), sensitive }, text('reason', 'Reason'), ...own]),
    matchKeys: [],
  });
}

function goneSql(asked: ExportAsked, changes: Changes, keys: readonly FieldDefinition[]): string {
  const { dataset, horizon } = changes;
  const { table } = dataset.root;
  const tenant = literal(asked.tenant.id);
  const named = keys.map(({ key, column }) => `o.${identifier(column ?? key)} as ${identifier(key)}`);
  const nameless = keys.map(() => 'null');
  const reason = `case when t.id is null then 'deleted' else 'not_selected' end as reason`;
  return `with changed_ids as materialized (select distinct id from (${changedIds(changes, tenant)}) d)
  select ${[`${tenant}::uuid as tenant_id`, 'o.id', reason, ...named].join(', ')}
    from changed_ids c join ${table} o on o.tenant_id = ${tenant} and o.id = c.id
    left join (${chosenIds(asked, dataset)}) s on s.id = c.id
    left join (${chosenIds({ tenant: asked.tenant }, dataset)}) t on t.id = c.id
    where s.id is null
  union all
  select ${[`${tenant}::uuid`, 'g.record_id', `'deleted'`, ...nameless].join(', ')}
    from removed_records g where g.tenant_id = ${tenant} and g.dataset = ${literal(dataset.key)} and ${isNewer('g', horizon)}`;
}

/** Of the changed records, those that are there and that the filter chooses. */
function chosenIds(
  { tenant, filter = {} }: Pick<ExportAsked, 'tenant' | 'filter'>,
  dataset: Dataset,
): string {
  const context: FilterContext = {
    timezone: tenant.timezone,
    country: tenant.country,
    currency: tenant.currency,
    // Whether the filter may be asked at all was settled with the changed records.
    mayRead: () => true,
  };
  const record = recordSql(
    dataset,
    tenant.id,
    (id) =>
      `select o.* from ${dataset.root.table} o where o.tenant_id = ${id} and o.id in (select id from changed_ids)`,
  );
  const where = filterSql(record, filter, context);
  return `select r.id from ${record.from()} where ${where}`;
}
