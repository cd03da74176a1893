/**
 * A record of a dataset as SQL: where each field's value is, and the joins that lead there. Whoever selects, filters
 * or sorts records asks it for values, and then for the joins that those need.
 *
 *     const record = recordSql(customers, tenantId);
 *     const city = record.value('city');                       p_address."city"
 *     `select ${city} from ${record.from()} where ${record.isThere()}`
 *
 * Names within a statement: `r` is the root, `p_<part>` a part of it, `x_<field>` the record that a reference names.
 * Values stand in it as literals, since COPY takes no parameters.
 */
import { identifier, literal } from '../../database/literal.ts';
import { isId } from '../../platform/ids.ts';
import { valueSql } from '../custom/stored-value.ts';
import type { Dataset, FieldDefinition, Part } from '../define-dataset.ts';
import { nameOf, referredBy } from './referred.ts';

export interface RecordSql {
  readonly dataset: Dataset;
  /** The tenant's id as a literal. */
  readonly tenant: string;
  /** The field's value, null where its part is not there. A reference is the text by which a file names its record. */
  value(key: string): string;
  /** What the field's own column holds: of a reference the id. */
  kept(key: string): string;
  /** The normal form that is compared and indexed; undefined where the field has none. */
  normal(key: string): string | undefined;
  /** The column with the amount in ten-thousandths; undefined where the field has none. */
  scaled(key: string): string | undefined;
  /** The `number`th of a child's rows, in the order in which they are shown, as a row of its table; null where there are fewer. */
  nth(part: string, number: number): string;
  /** The root and the joins that were asked for until now. */
  from(): string;
  /** That the record is the tenant's and not deleted, nor of a record that is. */
  isThere(): string;
}

/**
 * @param root a query with the columns of the root's table, in its place; given SQL of the tenant's id.
 * @throws Error when the tenant is not named by its id. A bug of ours.
 */
export function recordSql(dataset: Dataset, tenantId: string, root?: (tenant: string) => string): RecordSql {
  if (!isId(tenantId)) throw new Error('A tenant is named by its id.');
  const tenant = literal(tenantId);
  return new RecordJoins(dataset, tenant, root === undefined ? dataset.root.table : `(${root(tenant)})`);
}

class RecordJoins implements RecordSql {
  readonly dataset: Dataset;
  readonly tenant: string;
  /** By alias, in the order in which they were asked for. */
  private readonly joins = new Map<string, string>();
  private readonly owner: FieldDefinition | undefined;
  private readonly root: string;

  constructor(dataset: Dataset, tenant: string, root: string) {
    this.dataset = dataset;
    this.tenant = tenant;
    this.root = root;
    const { partOf, fields } = dataset;
    this.owner = partOf && fields.find(({ column, key }) => (column ?? key) === partOf.ownerColumn);
    if (this.owner !== undefined) this.joinReferred(this.owner);
  }

  value(key: string): string {
    const field = this.dataset.field(key);
    return field.type === 'reference' ? nameOf(field, this.joinReferred(field)) : this.kept(key);
  }

  kept(key: string): string {
    const field = this.dataset.field(key);
    if (field.part === 'derived') return this.derived(field);
    if (field.custom !== undefined) return valueSql('r', field);
    const part = this.dataset.part(field.part);
    if (part.kind === 'append') throw new Error(`The field ${key} only grows, and has no value.`);
    if (part.kind === 'set') return `${this.joinPart(part)}.names`;
    return `${this.aliasOf(part)}.${identifier(field.column ?? key)}`;
  }

  normal(key: string): string | undefined {
    const field = this.dataset.field(key);
    if (field.normalColumn === undefined || field.part === 'derived') return undefined;
    return `${this.aliasOf(this.dataset.part(field.part))}.${identifier(field.normalColumn)}`;
  }

  scaled(key: string): string | undefined {
    const field = this.dataset.field(key);
    if (field.scaledColumn === undefined || field.part === 'derived') return undefined;
    return `${this.aliasOf(this.dataset.part(field.part))}.${identifier(field.scaledColumn)}`;
  }

  nth(key: string, number: number): string {
    const part = this.dataset.part(key);
    const alias = `l_${key}`;
    if (!this.joins.has(alias))
      this.joins.set(
        alias,
        `left join lateral (select array_agg(o order by ${part.shownFirst}) as rows from ${part.table} o where ${this.owned(part, 'o')}) ${alias} on true`,
      );
    return `(${alias}.rows[${number}])`;
  }

  from(): string {
    return [`${this.root} r`, ...this.joins.values()].join('\n  ');
  }

  isThere(): string {
    const alive = this.dataset.softDeletes === true ? ' and r.deleted_at is null' : '';
    return `r.tenant_id = ${this.tenant}${alive}`;
  }

  private derived({ key, sql }: FieldDefinition): string {
    if (sql === undefined) throw new Error(`The derived field ${key} does not say how.`);
    return `(${sql((name) => `r.${identifier(name)}`)})`;
  }

  private aliasOf(part: Part): string {
    return part.kind === 'root' ? 'r' : this.joinPart(part);
  }

  private joinPart(part: Part): string {
    const alias = `p_${part.key}`;
    if (!this.joins.has(alias)) this.joins.set(alias, this.joinOf(part, alias));
    return alias;
  }

  private owned(part: Part, name: string): string {
    return `${name}.tenant_id = ${this.tenant} and ${name}.${part.ownerColumn} = r.id`;
  }

  private joinOf(part: Part, alias: string): string {
    const owned = (name: string): string => this.owned(part, name);
    if (part.kind === 'child')
      return `left join lateral (select * from ${part.table} o where ${owned('o')} order by ${part.shownFirst} limit 1) ${alias} on true`;
    if (part.kind !== 'set') return `left join ${part.table} ${alias} on ${owned(alias)}`;
    const names = part.names;
    if (names === undefined) throw new Error(`The part ${part.key} is a set without names.`);
    return `left join lateral (select array_agg(n.name order by n.name) as names from ${part.table} m
    join ${names.table} n on n.tenant_id = m.tenant_id and n.id = m.${names.column} where ${owned('m')}) ${alias} on true`;
  }

  /** A record that is deleted cannot be named in a file; one that a part of it belongs to takes the part along. */
  private joinReferred(field: FieldDefinition): string {
    const alias = `x_${field.key}`;
    if (this.joins.has(alias)) return alias;
    const referred = referredBy(field);
    const isOwner = field === this.owner;
    const alive = field.importable === 'no' ? 'true' : referred.alive(alias);
    this.joins.set(
      alias,
      `${isOwner ? 'join' : 'left join'} ${referred.table} ${alias} on ${alias}.tenant_id = ${this.tenant} and ${alias}.${referred.key} = ${this.kept(field.key)} and ${alive}`,
    );
    return alias;
  }
}
