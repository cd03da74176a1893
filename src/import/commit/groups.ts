/** Names that memberships point to: those a run brings along and that are not there yet are made before its first chunk. */

import { identifier } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { now } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import type { ImportRun } from '../run.ts';
import type { RunFields } from '../sql/run-fields.ts';

interface NamedSet {
  readonly field: string;
  readonly table: string;
  /** What one is called. */
  readonly singular: string;
  /** SQL of the names that the staged row brings, as an array. */
  readonly names: string;
  /** SQL: is the name `n` of the table in use? */
  readonly inUse: string;
}

/** Set fields that the run writes by what it stages, with the tables of their names. */
export function namedSets(fields: RunFields): readonly NamedSet[] {
  const { dataset, rules } = fields;
  return dataset.fields
    .filter(
      (field) => rules.staged.has(field.key) && field.part !== 'derived' && fields.ruleOf(field) !== 'clear',
    )
    .flatMap((field) => {
      const part = dataset.part(field.part);
      const staged = `s.${identifier(field.key)}`;
      if (field.listedIn !== undefined)
        return [
          {
            field: field.key,
            ...field.listedIn,
            names: `array_remove(array[${staged}], null)`,
            inUse: `exists (select from ${part.table} m where m.tenant_id = $1 and m.${identifier(field.column ?? field.key)} = n.name)`,
          },
        ];
      const { names } = part;
      if (names === undefined) return [];
      const inUse = `exists (select from ${part.table} m where m.tenant_id = $1 and m.${names.column} = n.id)`;
      return [{ field: field.key, table: names.table, singular: 'group', names: staged, inUse }];
    });
}

/** SQL of the names that rows of the plan bring. `$1` tenant, `$2` import. */
function namesBrought(run: ImportRun, { field, names }: NamedSet): string {
  return `select distinct g.name from import_plan p
    join staging.${run.dataset.key} s on s.tenant_id = $1 and s.import_id = $2 and s.chunk = p.chunk and s.row = p.row
    cross join lateral unnest(${names}) g(name)
    where p.tenant_id = $1 and p.import_id = $2 and (p.outcome = 'create' or p.outcome = 'update' and '${field}' = any (p.changed))`;
}

/** Those that are there are held until the transaction ends: the undo of the run that made one waits, and finds it in use. */
export async function makeGroups(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<void> {
  for (const set of namedSets(fields)) {
    const { rows: brought } = await tx.query<{ name: string }>(namesBrought(run, set), [
      run.tenantId,
      run.id,
    ]);
    const { rows: there } = await tx.query<{ name: string }>(
      `select name from ${set.table} where tenant_id = $1 and name = any ($2) order by id for key share`,
      [run.tenantId, brought.map(({ name }) => name)],
    );
    const known = new Set(there.map(({ name }) => name));
    const names = brought.flatMap(({ name }) => (known.has(name) ? [] : [name])).sort();
    await tx.query(
      `insert into ${set.table} (tenant_id, id, name, created_at, import_id)
       select $1, g.id, g.name, $4, $5 from unnest($2::uuid[], $3::text[]) g(id, name) on conflict do nothing`,
      [run.tenantId, names.map(newId), names, now(), run.id],
    );
  }
}

/** Fails the rows that name a group which is not there, for a run that may not make any. `$1` tenant, `$2` import. */
export function failUnknownGroups(run: ImportRun, fields: RunFields): readonly string[] {
  return namedSets(fields).map(
    (set) => `update import_plan p
    set outcome = 'fail', code = 'reference.not_found', changed = null,
      details = jsonb_build_object('field', '${set.field}', 'target', '${set.singular}', 'value', u.name)
    from (select s.chunk, s.row, min(g.name) as name from staging.${run.dataset.key} s
      cross join lateral unnest(${set.names}) g(name)
      where s.tenant_id = $1 and s.import_id = $2 and not exists (select from ${set.table} n where n.tenant_id = $1 and n.name = g.name)
      group by 1, 2) u
    where p.tenant_id = $1 and p.import_id = $2 and p.chunk = u.chunk and p.row = u.row and p.outcome in ('create', 'update', 'unchanged')`,
  );
}
