/** Joins that set the parts of a found record beside its root, `r`, under the names `p_<part>`. */

import { identifier } from '../../database/literal.ts';
import type { Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from './run-fields.ts';

/**
 * @param how `sets` for a whole run at once: plain joins that may be hashed. `rows` for a chunk: one index look-up a
 *   record whatever the planner believes of the tables' sizes, so that a chunk costs the same in a large tenant.
 * @param parts only these, where a statement needs no others.
 */
export function partJoins(
  fields: RunFields,
  how: 'sets' | 'rows',
  parts: readonly Part[] = fields.touched,
): string {
  return parts.map((part) => joinPart(fields, part, how)).join('\n');
}

/** Does the SQL speak of the part that is joined? */
export function namesPart(sql: string, part: Part): boolean {
  return sql.includes(`p_${part.key}.`);
}

function joinPart(fields: RunFields, part: Part, how: 'sets' | 'rows'): string {
  const alias = `p_${part.key}`;
  const owned = (name: string): string => `${name}.tenant_id = $1 and ${name}.${part.ownerColumn} = r.id`;
  if (part.kind === 'append') return '';
  if (part.kind === 'set') return joinSet(fields, part);
  if (part.kind === 'child') return how === 'sets' ? joinShown(fields, part) : joinFirst(part);
  return how === 'sets'
    ? `left join ${part.table} ${alias} on ${owned(alias)}`
    : `left join lateral (select * from ${part.table} o where ${owned('o')} limit 1) ${alias} on true`;
}

function joinFirst(part: Part): string {
  return `left join lateral (select * from ${part.table} o where o.tenant_id = $1 and o.${part.ownerColumn} = r.id
    order by ${part.shownFirst} limit 1) p_${part.key} on true`;
}

/** The one that the flag marks, and only where none is marked the first of the others: most records have none such. */
function joinShown(fields: RunFields, part: Part): string {
  const [flagged, other] = [`f_${part.key}`, `o_${part.key}`];
  const columns = [
    'id',
    ...fields.changing.filter((field) => field.part === part.key).map((field) => field.column ?? field.key),
  ];
  const chosen = columns
    .map(identifier)
    .map(
      (name) =>
        `case when ${flagged}.id is null then ${other}.${name} else ${flagged}.${name} end as ${name}`,
    );
  const owner = part.ownerColumn;
  return `left join ${part.table} ${flagged} on ${flagged}.tenant_id = $1 and ${flagged}.${owner} = r.id and ${flagged}.${part.shownFlag}
  left join (select distinct on (o.${owner}) o.* from ${part.table} o
    where o.tenant_id = $1 and not o.${part.shownFlag} and not exists (
      select from ${part.table} m where m.tenant_id = $1 and m.${owner} = o.${owner} and m.${part.shownFlag})
    order by o.${owner}, ${part.shownFirst}) ${other} on ${other}.${owner} = r.id
  cross join lateral (select ${chosen.join(', ')}) p_${part.key}`;
}

/** Names in a set have no order: both sides are sorted, so that they can be compared. */
function joinSet(fields: RunFields, part: Part): string {
  const names = part.names;
  const field = fields.changing.find((candidate) => candidate.part === part.key);
  if (names === undefined || field === undefined) throw new Error(`The part ${part.key} is no set.`);
  return `left join lateral (select coalesce(array_agg(n.name order by n.name), '{}') as names
    from ${part.table} m join ${names.table} n on n.tenant_id = m.tenant_id and n.id = m.${names.column}
    where m.tenant_id = $1 and m.${part.ownerColumn} = r.id) p_${part.key} on true
  cross join lateral (select case when ${fields.staged(field.key)} is not null
    then array(select distinct n from unnest(${fields.staged(field.key)}) n order by n) end as names) s_${part.key}`;
}
