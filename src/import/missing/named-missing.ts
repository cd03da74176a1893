/**
 * Records that rows of another dataset name and nobody has, in a run that may make them: the guest who gave an address
 * with an order. The check lists them, by the key that names them, and resolves the references to the ids they will have;
 * commit makes those that rows of the plan still need, undo removes them (make-missing.ts, remove-made.ts).
 */
import { identifier, literal } from '../../database/literal.ts';
import type { TenantTransaction } from '../../database/with-tenant.ts';
import type { Bare, Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import { dataset as datasetOf, datasets } from '../../datasets/registry.ts';
import { AppError } from '../../platform/errors.ts';
import type { ImportRun } from '../run.ts';
import type { MissingReference, RunFields } from '../sql/run-fields.ts';

/**
 * The datasets of which a run of this one may make records, in the words of its options.
 * @throws AppError `usage.invalid` for one that no field of the run's dataset names by a key that makes a record.
 */
export function makeable(dataset: Dataset, named: readonly string[]): string[] {
  const may = new Set(
    dataset.fields.flatMap((field) =>
      bareOf(dataset, field) === undefined ? [] : [field.reference?.dataset ?? ''],
    ),
  );
  const other = named.find((key) => !may.has(key));
  if (other === undefined) return [...named];
  const what = may.size === 0 ? 'none can be made' : `there can be made: ${[...may].join(', ')}`;
  throw new AppError('usage.invalid', `Of the records that ${dataset.label.toLowerCase()} name, ${what}.`, {
    dataset: other.slice(0, 100),
  });
}

/** Those of the run's own dataset are brought by its file, or are not there. */
function bareOf(dataset: Dataset, { reference, importable }: FieldDefinition): Bare | undefined {
  const target = datasets.find(({ key }) => key === reference?.dataset);
  const isOther = target !== undefined && target.key !== dataset.key && importable !== 'no';
  return isOther && reference?.key === undefined && reference?.by.includes(target.bare?.by ?? '')
    ? target.bare
    : undefined;
}

/** @param staged the keys of the fields that the run stages. */
export function missingReferences(
  { dataset, options }: Pick<ImportRun, 'dataset' | 'options'>,
  staged: ReadonlySet<string>,
): MissingReference[] {
  return dataset.fields.flatMap((field) => {
    const bare = bareOf(dataset, field);
    const key = field.reference?.dataset ?? '';
    if (bare === undefined || !staged.has(field.key) || !options.createMissing?.includes(key)) return [];
    return [{ field, bare, target: datasetOf(key) }];
  });
}

/**
 * Lists what is missing, anew. It comes before the plan, which resolves references by it. What a commit has made that was
 * killed before its first chunk stays listed: it is there by now, and is still the run's.
 */
export async function listMissing(tx: TenantTransaction, run: ImportRun, fields: RunFields): Promise<void> {
  const references = fields.rules.missing ?? [];
  if (references.length === 0) return;
  await tx.query('delete from import_made where tenant_id = $1 and import_id = $2 and not made', [
    run.tenantId,
    run.id,
  ]);
  for (const reference of references)
    await tx.query(listStatement(run.dataset, reference), [run.tenantId, run.id]);
}

/** The id of the first row that names it, which bears its own record's id where it makes one, is the new record's too. */
function listStatement(dataset: Dataset, { field, target, bare }: MissingReference): string {
  const alive = target.softDeletes === true ? ' and x.deleted_at is null' : '';
  return `insert into import_made (tenant_id, import_id, dataset, key, record_id, row, made)
  select $1, $2, ${literal(target.key)}, n.key, n.new_id, n.row, false from (
    select distinct on (k.key) k.key, s.new_id, s.row from staging.${dataset.key} s
    cross join lateral (select ${bare.keyOf(`s.${identifier(field.key)}`)} as key offset 0) k
    where s.tenant_id = $1 and s.import_id = $2 and k.key is not null order by k.key, s.row) n
  where not exists (select from ${target.root.table} x where x.tenant_id = $1 and x.${identifier(bare.by)} = n.key${alive})
  on conflict do nothing`;
}

/** SQL: does a row of the plan that is to be written name the record of `m`, a row of import_made? `$1` tenant, `$2` import. */
export function isNeeded({ field }: MissingReference): string {
  return `m.record_id in (select (p.refs ->> ${literal(field.key)})::uuid from import_plan p
    where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update') and p.refs ? ${literal(field.key)})`;
}

/** Notes what will be made beside the first row that needs it. @returns how many records of each dataset. */
export async function reportMissing(
  tx: TenantTransaction,
  run: ImportRun,
  fields: RunFields,
): Promise<Record<string, number>> {
  const scope = [run.tenantId, run.id];
  const made: Record<string, number> = {};
  const references = fields.rules.missing ?? [];
  if (references.length > 0)
    await tx.query(
      `delete from import_problems where tenant_id = $1 and import_id = $2 and code = 'reference.made'`,
      scope,
    );
  for (const { field, target } of references) {
    const { rowCount } = await tx.query(
      `insert into import_problems (tenant_id, import_id, row, field, code, details, warning)
       select $1, $2, n.row, $4, 'reference.made', jsonb_build_object('target', $5::text, 'value', left(m.key, 100)), true
       from (select (p.refs ->> $4)::uuid as id, min(p.row) as row from import_plan p
         where p.tenant_id = $1 and p.import_id = $2 and p.outcome in ('create', 'update') and p.refs ? $4 group by 1) n
       join import_made m on m.tenant_id = $1 and m.import_id = $2 and m.dataset = $3 and m.record_id = n.id`,
      [...scope, target.key, field.key, target.singular],
    );
    made[target.key] = (made[target.key] ?? 0) + (rowCount ?? 0);
  }
  return made;
}
