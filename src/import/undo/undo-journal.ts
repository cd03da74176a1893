/** Undoing is a change too: what was there and what it gave back stand in the journal. */
import { journalStatement } from '../../audit/changes.ts';
import { literal } from '../../database/literal.ts';
import type { Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';
import { back, earlier, leading, nowName, type Restorable } from './restorable.ts';

export function undoJournal(fields: RunFields, all: readonly Restorable[], parts: readonly Part[]): string {
  const side = (value: (one: Restorable) => string): string =>
    all
      .map(
        (one) =>
          ` || case when b.${back(one)} then jsonb_build_object(${literal(one.key)}, ${value(one)}) else '{}' end`,
      )
      .join('');
  const deleted = (at: string, by: string): string =>
    fields.dataset.softDeletes
      ? ` || case when b.back_deleted then jsonb_build_object('deleted_at', ${at}, 'deleted_by', ${by}) else '{}' end`
      : '';
  const untouched = `b.now_updated_at = (b.after ->> 'updated_at')::timestamptz`;
  return journalStatement({
    dataset: literal(fields.dataset.key),
    phase: `'undo ' || $3`,
    chunk: '$4',
    by: '$6::uuid',
    at: '$5::timestamptz',
    secret: '$8',
    changes: `select ($7::uuid[])[b.place] as id, b.record_id, b.row,
      jsonb_build_object('updated_at', b.now_updated_at, 'updated_by', b.now_updated_by)${side((one) => `b.${nowName(one)}`)}${deleted('null', 'null')} as before,
      jsonb_build_object('updated_at', case when ${untouched} then b.before -> 'updated_at' else to_jsonb($5::timestamptz) end,
        'updated_by', case when ${untouched} then b.before -> 'updated_by' else to_jsonb($6::uuid) end)${side((one) => given(one))}${deleted(`b.before -> 'deleted_at'`, `b.before -> 'deleted_by'`)} as after,
      '{}'::text[] as parts_created, ${partIds(all, parts)} as part_ids from b where b.goes`,
  });
}

/** A note is taken away; anything else gets its earlier value. */
function given(one: Restorable): string {
  return one.part.kind === 'append' ? 'null' : earlier(one);
}

/** Of which of several rows the fields of a child are. */
function partIds(all: readonly Restorable[], parts: readonly Part[]): string {
  const ids = parts
    .filter((part) => part.kind === 'child')
    .map((part) => {
      const goes = leading(all)
        .filter((one) => one.part.key === part.key)
        .map((one) => `b.${back(one)}`)
        .join(' or ');
      return `case when ${goes} then jsonb_build_object(${literal(part.key)}, b.part_ids -> ${literal(part.key)}) else '{}' end`;
    });
  return ids.length === 0 ? 'null::jsonb' : `nullif(${ids.join(' || ')}, '{}')`;
}
