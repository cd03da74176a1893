/** The records that a reference may name: where they live, by which column one is meant, and how a file names one. */
import { identifier } from '../../database/literal.ts';
import type { FieldDefinition } from '../define-dataset.ts';
import { datasets } from '../registry.ts';

export interface Referred {
  readonly table: string;
  /** What the referring column holds. */
  readonly key: string;
  /** Condition of a live record; `true` where none is ever deleted. */
  alive(alias: string): string;
  /** The field by which a file names a record is kept in this column. */
  columnOf(by: string): string;
  /** Whether every record has the field. */
  isAlwaysThere(by: string): boolean;
  /** Where two records may share the field: the column that is compared then. */
  sharedColumn(by: string): string | undefined;
}

const members: Omit<Referred, 'key'> = {
  table: 'members',
  alive: (alias) => `${alias}.removed_at is null`,
  columnOf: (by) => by,
  isAlwaysThere: () => true,
  sharedColumn: () => undefined,
};

/** @throws Error for a reference to nothing that there is. A bug of ours. */
export function referredBy(field: FieldDefinition): Referred {
  const { dataset: named, key: heldColumn = 'id' } = field.reference ?? {};
  if (named === 'users') return { ...members, key: heldColumn };
  const target = datasets.find(({ key }) => key === named);
  if (target === undefined) throw new Error(`The field ${field.key} refers to nothing.`);
  return {
    table: target.root.table,
    key: heldColumn,
    alive: (alias) => (target.softDeletes === true ? `${alias}.deleted_at is null` : 'true'),
    columnOf: (by) => (target.has(by) ? (target.field(by).column ?? by) : by),
    isAlwaysThere: (by) => by === 'id' || by === target.numbers?.field,
    sharedColumn: (by) => {
      const named = target.has(by) ? target.field(by) : undefined;
      if (named === undefined || named.key === 'id' || named.unique === true) return undefined;
      return named.normalColumn ?? named.column ?? by;
    },
  };
}

/**
 * The text by which an import finds the record again: the first of the keys that it has.
 *
 * An import tries the keys in their order, so a text meant as a later key may be another record's earlier one. An
 * e-mail address always has an @: a later key that has one too is passed over for the id. So is a key that two records
 * share.
 */
export function nameOf(field: FieldDefinition, alias: string): string {
  const referred = referredBy(field);
  const by = field.reference?.by ?? [];
  const names: string[] = [];
  for (const key of by) {
    const column = `${alias}.${identifier(referred.columnOf(key))}`;
    const isFirst = names.length === 0;
    if (!isFirst && key !== 'id' && !referred.isAlwaysThere(key)) continue;
    const isClear = isFirst || key === 'id' || !by.slice(0, by.indexOf(key)).includes('email');
    const shared = referred.sharedColumn(key);
    if (shared !== undefined)
      names.push(`case when not ${isShared(referred, alias, shared)} then ${column} end`);
    else names.push(isClear ? `${column}::text` : `case when strpos(${column}, '@') = 0 then ${column} end`);
    if (isClear && referred.isAlwaysThere(key)) break;
  }
  return names.length === 1 ? (names[0] as string) : `coalesce(${names.join(', ')})`;
}

function isShared({ table }: Referred, alias: string, column: string): string {
  const name = identifier(column);
  return `exists (select from ${table} o where o.tenant_id = ${alias}.tenant_id and o.${name} = ${alias}.${name} and o.id <> ${alias}.id)`;
}
