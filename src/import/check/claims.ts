/**
 * What only one record of an owner may be, such as the default address of a customer. A row that says yes claims it,
 * and whoever has it gives it up. Two rows of a file that claim the same for one owner contradict each other: both fail.
 */

import { identifier, literal } from '../../database/literal.ts';
import type { Exclusive } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';

/** Those that rows of the run may claim. */
export function claimsOf({ dataset, rules }: RunFields): readonly Exclusive[] {
  return (dataset.exclusive ?? []).filter(
    ({ field }) => rules.staged.has(field) && rules.write[field] !== 'clear',
  );
}

/** `$1` tenant, `$2` import. A row whose record has it already claims it too, unless the run never writes the field. */
export function failRivals(fields: RunFields): readonly string[] {
  const { dataset } = fields;
  return claimsOf(fields).map(({ field, within }) => {
    const { label, key } = dataset.field(field);
    const isWritten = fields.changing.some(
      (changing) => changing.key === key && fields.ruleOf(changing) !== 'fill',
    );
    const claiming = isWritten ? `('create', 'update', 'unchanged')` : `('create')`;
    return `with claims as materialized (
      select p.chunk, p.row, left(s.${identifier(within)}::text, 100) as owner, count(*) over w as rivals,
        array_to_string((array_agg(p.row) over w)[1:10], ', ') as rows
      from import_plan p join staging.${dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row
      where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ${claiming} and s.${identifier(field)}
      window w as (partition by p.refs ->> ${literal(within)} order by p.row rows between unbounded preceding and unbounded following))
    update import_plan p set outcome = 'fail', code = 'duplicate.in_file', changed = null, details = jsonb_build_object(
      'field', ${literal(key)}, 'label', ${literal(label)}, 'value', c.owner, 'rows', c.rows)
    from claims c where c.rivals > 1 and p.tenant_id = $1 and p.import_id = $2 and p.chunk = c.chunk and p.row = c.row`;
  });
}
