/**
 * Which records have changed since a run, as SQL.
 *
 * Not by a time: a time is written before its transaction ends, by clocks that differ, and one that was open when an
 * export looked would be passed over for good. Each row of PostgreSQL bears the number of the transaction that wrote it
 * (`xmin`). What a snapshot may have missed was written by a transaction that was open then or came later, and those
 * have numbers from the snapshot's own `xmin` on: the horizon. So everything from the horizon on counts as changed.
 * What committed between horizon and snapshot comes twice; nothing is ever missed.
 *
 * A row keeps 32 bits of the number. They are made whole as the greatest number that fits and is not in the future, so
 * that a row which is older by a whole round counts as changed, and never the other way about.
 */
import { identifier, literal, textArray } from '../../database/literal.ts';
import type { Dataset, FieldDefinition, Part } from '../../datasets/define-dataset.ts';
import { referredBy } from '../../datasets/query/referred.ts';
import { datasets } from '../../datasets/registry.ts';

/** The first transaction whose number no snapshot has given out yet; asked once a statement. */
const coming = '(select pg_snapshot_xmax(pg_current_snapshot())::text::bigint)';
const rest = '4294967295';

/** @param horizon a number, in decimals. @returns a condition on the row with this alias. */
export function isNewer(alias: string, horizon: string): string {
  if (!/^\d+$/.test(horizon)) throw new Error('A horizon is a number.');
  return `((${coming} - ${alias}.xmin::text::bigint) & ${rest}) <= ${coming} - ${horizon}`;
}

export interface Changes {
  readonly dataset: Dataset;
  /** In decimals. */
  readonly horizon: string;
  /** Fields whose values are in the file, or decide what is. */
  readonly fields: readonly FieldDefinition[];
}

/** @param tenant SQL of its id. @returns a query of the ids of records that changed, more than once perhaps. */
export function changedIds({ dataset, horizon, fields }: Changes, tenant: string): string {
  const parts = dataset.parts.filter(({ kind }) => kind !== 'append');
  const references = fields.filter(({ type }) => type === 'reference');
  return [
    ...parts.flatMap((part) => changedIn(part, { tenant, horizon })),
    ...partsOf(dataset).map((part) => bereft(part, { tenant, horizon })),
    ...references.map((field) => renamedBehind(dataset, field, { tenant, horizon })),
  ].join('\n union all ');
}

/** In the place of the dataset's own table: its rows that changed, in themselves or in a part. */
export function changedRoot(changes: Changes): (tenant: string) => string {
  return (tenant) =>
    `select o.* from ${changes.dataset.root.table} o where o.tenant_id = ${tenant} and o.id in (${changedIds(changes, tenant)})`;
}

interface Since {
  readonly tenant: string;
  readonly horizon: string;
}

/** A set's row that is taken away leaves nothing behind, but whoever takes it writes to the record too. */
function changedIn(part: Part, { tenant, horizon }: Since): string[] {
  const own = `select o.${ownerOf(part)} as id from ${part.table} o where o.tenant_id = ${tenant} and ${isNewer('o', horizon)}`;
  if (part.names === undefined) return [own];
  const { table, column } = part.names;
  return [
    own,
    `select o.${ownerOf(part)} from ${part.table} o join ${table} n on n.tenant_id = o.tenant_id and n.id = o.${column}
      where o.tenant_id = ${tenant} and ${isNewer('n', horizon)}`,
  ];
}

/** Datasets whose records are parts of this one's: the addresses of customers. */
function partsOf(dataset: Dataset): Dataset[] {
  const parts = dataset.parts.map(({ table }) => table);
  return datasets.filter(({ partOf, root }) => partOf !== undefined && parts.includes(root.table));
}

/** Records that such a part was taken from, with all that was in it. */
function bereft({ key }: Dataset, { tenant, horizon }: Since): string {
  return `select g.owner_id from removed_records g
      where g.tenant_id = ${tenant} and g.dataset = ${literal(key)} and g.owner_id is not null and ${isNewer('g', horizon)}`;
}

function ownerOf(part: Part): string {
  return part.kind === 'root' ? 'id' : identifier(part.ownerColumn ?? '');
}

/**
 * A file names the record behind a reference by its number or its e-mail. When those change, or it is deleted, so does
 * the file. What else changes in it does not matter, and the journal tells the two apart.
 */
function renamedBehind(dataset: Dataset, field: FieldDefinition, { tenant, horizon }: Since): string {
  const part = dataset.part(field.part);
  const { table, key } = referredBy(field);
  const behind = `select o.${ownerOf(part)} from ${part.table} o
      join ${table} x on x.tenant_id = o.tenant_id and x.${identifier(key)} = o.${identifier(field.column ?? field.key)}`;
  const where = `where o.tenant_id = ${tenant} and ${isNewer('x', horizon)}`;
  const target = datasets.find((one) => one.key === field.reference?.dataset);
  if (target === undefined) return `${behind}\n      ${where}`;
  const names = textArray([...(field.reference?.by ?? []), 'deleted_at']);
  return `${behind}
      join changes h on h.tenant_id = o.tenant_id and h.record_id = x.id and h.dataset = ${literal(target.key)}
      ${where} and ${isNewer('h', horizon)} and h.before ?| ${names}`;
}
