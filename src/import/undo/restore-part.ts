/** Undo of updates in the parts of a record; see restore.ts. */

import { identifier, literal, textArray } from '../../database/literal.ts';
import { decidedBy, type Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { back, childId, earlier, leading, type Restorable } from './restorable.ts';

/** @returns the statements, each under a name of its own. */
export function restorePart(fields: RunFields, part: Part, all: readonly Restorable[]): string[] {
  const own = all.filter((one) => one.part.key === part.key);
  const lead = leading(own);
  if (part.kind === 'append')
    return lead.map(
      (one) =>
        `w_${part.key} as (delete from ${part.table} o using b where b.${back(one)} and o.tenant_id = $1 and o.id = b.id)`,
    );
  if (part.kind === 'set') return lead.flatMap((one) => writeMembers(part, one));
  const which =
    part.kind === 'child' ? `o.id = b.${childId(part.key)}` : `o.${part.ownerColumn} = b.record_id`;
  const emptied = `${literal(part.key)} = any (b.parts_created) and ${[...isOfKindNoMore(part, all), saysNothing(fields, part, lead)].join(' and ')}`;
  const gone = `d_${part.key} as (delete from ${part.table} o using b where o.tenant_id = $1 and ${which} and ${emptied})`;
  // It came to be by what the record is, and no field of it was written.
  if (own.length === 0) return [gone];
  const sets = own.map(
    (one) =>
      `${identifier(one.column)} = case when b.${back(one)} then ${earlier(one)} else o.${identifier(one.column)} end`,
  );
  if (part.kind === 'child') sets.push('version = o.version + 1', ...stamps(part));
  const goes = lead.map((one) => `b.${back(one)}`).join(' or ');
  return [
    gone,
    `w_${part.key} as (update ${part.table} o set ${sets.join(', ')} from b
  where o.tenant_id = $1 and ${which} and (${goes}) and not (${emptied}))`,
  ];
}

/** A profile that goes with a kind of record stays while the record stays one. */
function isOfKindNoMore(part: Part, all: readonly Restorable[]): string[] {
  const deciding = new Set(decidedBy(part));
  return leading(all)
    .filter(({ key }) => deciding.has(key))
    .map((one) => `(b.${back(one)} or not b.before ? ${literal(one.key)})`);
}

/** A child that nobody has written to since gets the time of its last write back too. */
function stamps(part: Part): string[] {
  const [at, by] = [literal(`${part.key}.updated_at`), literal(`${part.key}.updated_by`)];
  const untouched = `o.updated_at = (b.after ->> ${at})::timestamptz`;
  return [
    `updated_at = case when ${untouched} then (b.before ->> ${at})::timestamptz else $5::timestamptz end`,
    `updated_by = case when ${untouched} then (b.before ->> ${by})::uuid else $6::uuid end`,
  ];
}

/**
 * Whether a part that the run brought into being would say nothing any more: every field goes back, or has nothing
 * but its default, and no other column has anything at all.
 */
function saysNothing(fields: RunFields, part: Part, lead: readonly Restorable[]): string {
  const ofPart = fields.dataset.fields.filter((field) => field.part === part.key);
  const blank = ofPart.map((field) => {
    const fallback =
      typeof field.default === 'string' ? `${literal(field.default)}::${fields.typeOf(field)}` : 'null';
    const isBlank = `o.${fields.columnOf(field)} is not distinct from ${fallback}`;
    const restored = lead.find((one) => one.field.key === field.key);
    return restored === undefined ? isBlank : `(b.${back(restored)} or ${isBlank})`;
  });
  const known = [
    ...[
      'tenant_id',
      'id',
      part.ownerColumn ?? '',
      'version',
      'created_at',
      'updated_at',
      'updated_by',
      'custom',
    ],
    ...Object.keys(part.fixed?.(() => 'null', 'null', 'null') ?? {}),
    ...ofPart.map((field) => field.column ?? field.key),
  ];
  // The row is a record of another dataset too, whose own fields it may have.
  const custom = `coalesce(to_jsonb(o) -> 'custom', '{}') = '{}'`;
  return [...blank, custom, `jsonb_strip_nulls(to_jsonb(o) - ${textArray(known)}) = '{}'`].join(' and ');
}

/** Each membership is a fact of its own: those that were added go, those that were taken come back. */
function writeMembers(part: Part, one: Restorable): string[] {
  const list = (side: string): string =>
    `array(select jsonb_array_elements_text(b.${side} -> ${literal(one.key)}))`;
  const member = `o.tenant_id = $1 and o.${part.ownerColumn} = b.record_id`;
  return [
    `leave_${part.key} as (delete from ${part.table} o using b, ${part.names?.table} n where b.${back(one)} and ${member}
  and n.tenant_id = $1 and n.id = o.${part.names?.column} and n.name = any (${list('after')}) and n.name <> all (${list('before')}))`,
    `join_${part.key} as (insert into ${part.table} (tenant_id, ${part.ownerColumn}, ${part.names?.column})
  select $1, b.record_id, n.id from b join ${part.names?.table} n on n.tenant_id = $1 and n.name = any (${list('before')}) and n.name <> all (${list('after')})
  where b.${back(one)} on conflict do nothing)`,
  ];
}
