/**
 * Commit's statement for the new records of one chunk. It inserts the root records, and whatever else it writes is
 * made of the rows that came back from that insert.
 *
 * `$1` tenant, `$2` import, `$3` chunk, `$4` time, `$5` who, `$6` the number before the first one to give out.
 */

import { identifier, literal, textArray } from '../../database/literal.ts';
import { customFieldsOf } from '../../datasets/custom/custom-field.ts';
import { customColumn, withEntries } from '../../datasets/custom/stored-value.ts';
import type { Dataset, FieldDefinition, Numbers, Part } from '../../datasets/define-dataset.ts';
import type { RunFields } from '../sql/run-fields.ts';

export interface CreateResult {
  created: number;
  /** Rows whose record did not come back. */
  missed: number[];
  /** sha256 over the new ids in file order, hexadecimal; null when there are none. */
  digest: string | null;
}

const at = '$4::timestamptz';
const by = '$5::uuid';

export interface CreateOptions {
  /** Other rows than those that the plan creates: `p` has their number and their record's id, `s` what they say. */
  readonly rows?: string;
  /**
   * What becomes of a row whose unique value somebody has taken since the check: it is among the missed ones unless
   * said. Where all is written anew then, as a batch is, an error serves as well, and no row need be tried first.
   */
  readonly whenTaken?: 'miss' | 'raise';
}

export function createStatement(fields: RunFields, { rows, whenTaken }: CreateOptions = {}): string {
  const written = writtenFields(fields);
  const parts = fields.dataset.parts.filter((part) => part.kind !== 'root');
  const inserts = parts.map((part) => ({ name: `made_${part.key}`, sql: insertPart(fields, part, written) }));
  const ctes = inserts.filter(({ sql }) => sql !== null).map(({ name, sql }) => `${name} as (${sql})`);
  return `with todo as materialized (${todo(fields, written, rows)}),
root as (${insertRoot(fields, written)}${whenTaken === 'raise' ? '' : ' on conflict do nothing'} returning id)${ctes.map((cte) => `,\n${cte}`).join('')}
select (select count(*)::int from root) as created,
  (select coalesce(array_agg(t.row order by t.row), '{}') from todo t where t.id not in (select root.id from root)) as missed,
  (select encode(sha256(string_agg(uuid_send(t.id), ''::bytea order by t.row)), 'hex') from todo t join root on root.id = t.id) as digest`;
}

/** Fields with a column that a new record gets a value for: the staged ones, and those with a default. */
function writtenFields(fields: RunFields): readonly FieldDefinition[] {
  const { dataset, rules } = fields;
  return dataset.fields.filter((field) => {
    if (field.part === 'derived' || field.importable === 'match' || field.custom !== undefined) return false;
    if (field.key === dataset.numbers?.field) return true;
    if (rules.staged.has(field.key) || rules.defaults?.[field.key] !== undefined) return true;
    return field.default !== undefined || fields.typeOf(field) === 'text[]';
  });
}

function todo(
  fields: RunFields,
  written: readonly FieldDefinition[],
  rows = plannedRows(fields.dataset),
): string {
  const values = written.map((field) => `${value(fields, field)} as ${identifier(field.key)}`);
  const normals = written
    .filter((field) => hasNormal(fields, field))
    .map((field) => `s.${identifier(field.normalColumn ?? '')}`);
  const custom = customOfNew(fields);
  const own = custom === null ? [] : [`${custom} as ${customColumn}`];
  return `select p.row, p.record_id as id, ${[...values, ...normals, ...own].join(',\n    ')}
  ${rows}`;
}

function plannedRows(dataset: Dataset): string {
  return `from import_plan p join staging.${dataset.key} s
    on s.tenant_id = p.tenant_id and s.import_id = p.import_id and s.chunk = p.chunk and s.row = p.row
  where p.tenant_id = $1 and p.import_id = $2 and p.chunk = $3 and p.outcome = 'create'
    and s.tenant_id = $1 and s.import_id = $2 and s.chunk = $3`;
}

/** The values of the tenant's own fields, as they were staged; null where the run brings none. */
function customOfNew(fields: RunFields): string | null {
  const { dataset, rules } = fields;
  const own = customFieldsOf(dataset);
  const preset = own.filter(({ key }) => rules.defaults?.[key] !== undefined);
  const staged = own.filter(({ key }) => rules.staged.has(key));
  if (preset.length + staged.length === 0) return null;
  const cleared = staged.filter((field) => fields.ruleOf(field) === 'clear');
  const given = `coalesce(s.${customColumn}, '{}') - ${textArray(cleared.map(({ key }) => key))}`;
  return withEntries(
    `(${given})`,
    preset.map((field) => ({ field, value: fields.created(field.key) })),
  );
}

/** Does the file bring a normal form of the field, for a new record to have? */
function hasNormal(fields: RunFields, field: FieldDefinition): boolean {
  const written = fields.rules.staged.has(field.key) && fields.ruleOf(field) !== 'clear';
  return field.normalColumn !== undefined && written;
}

function value(fields: RunFields, field: FieldDefinition): string {
  const { numbers } = fields.dataset;
  if (field.key !== numbers?.field) return fields.created(field.key);
  const given = givenNumber(fields, numbers);
  return `coalesce(${given}, ${numberText(numbers.prefix, `$6::bigint + count(*) filter (where ${given} is null) over (order by p.row)`)})`;
}

/** The number that a new record brings along: its own, or what stands for one. */
export function givenNumber(fields: RunFields, { field, instead }: Numbers): string {
  const given = fields.staged(field);
  return instead === undefined ? given : `coalesce(${given}, ${fields.staged(instead)})`;
}

/** `CUST-` and at least six digits. */
function numberText(prefix: string, number: string): string {
  return `${literal(prefix)} || lpad((${number})::text, greatest(6, length((${number})::text)), '0')`;
}

function insertRoot(fields: RunFields, written: readonly FieldDefinition[]): string {
  const { root, parts } = fields.dataset;
  const columns = columnValues(fields, root, written);
  if (customOfNew(fields) !== null) columns.set(customColumn, `t.${customColumn}`);
  for (const part of parts.filter((candidate) => candidate.countColumn !== undefined)) {
    const counted = written.find((field) => field.part === part.key);
    columns.set(
      part.countColumn ?? '',
      counted === undefined ? '0' : `(t.${identifier(counted.key)} is not null)::int`,
    );
  }
  return `insert into ${root.table} (tenant_id, id, ${[...columns.keys()].map(identifier).join(', ')})
  select $1, t.id, ${[...columns.values()].join(', ')} from todo t`;
}

function insertPart(fields: RunFields, part: Part, written: readonly FieldDefinition[]): string | null {
  const own = written.filter((field) => field.part === part.key);
  const staged = own.filter((field) => fields.rules.staged.has(field.key));
  if (part.kind === 'set') return staged[0] === undefined ? null : insertMembers(part, staged[0]);
  const present = staged.map((field) => isPresent(fields, field));
  if (part.alwaysWhen !== undefined) present.push(part.alwaysWhen((key) => createdOf(fields, key)));
  if (present.length === 0) return null;
  const columns = columnValues(fields, part, own);
  const hasId = part.kind === 'profile' ? [] : ['id'];
  const names = ['tenant_id', ...hasId, part.ownerColumn ?? '', ...columns.keys()];
  const values = ['$1', ...hasId.map(() => 't.id'), 't.id', ...columns.values()];
  return `insert into ${part.table} (${names.map(identifier).join(', ')})
  select ${values.join(', ')} from todo t join root on root.id = t.id where ${present.join(' or ')}`;
}

/** A value that says no more than the part's absence would does not bring the part into being. */
function isPresent(fields: RunFields, field: FieldDefinition): string {
  const column = `t.${identifier(field.key)}`;
  if (typeof field.default !== 'string') return `${column} is not null`;
  return `${column} is distinct from ${literal(field.default)}::${fields.typeOf(field)}`;
}

function insertMembers(part: Part, field: FieldDefinition): string {
  return `insert into ${part.table} (tenant_id, ${part.ownerColumn}, ${part.names?.column})
  select distinct $1::uuid, t.id, n.id from todo t join root on root.id = t.id, unnest(t.${identifier(field.key)}) g(name)
  join ${part.names?.table} n on n.tenant_id = $1 and n.name = g.name`;
}

/** SQL of each column of a new row of the part. What the part fixes stands before the fields' own values. */
function columnValues(
  fields: RunFields,
  part: Part,
  written: readonly FieldDefinition[],
): Map<string, string> {
  const columns = new Map<string, string>();
  for (const field of written.filter((candidate) => candidate.part === part.key)) {
    const current = `t.${identifier(field.key)}`;
    columns.set(field.column ?? field.key, current);
    if (field.normalColumn !== undefined && hasNormal(fields, field))
      columns.set(field.normalColumn, `t.${identifier(field.normalColumn)}`);
    for (const beside of field.alongside ?? [])
      columns.set(
        beside.column,
        beside.sql(current, at, () => `null::${beside.sqlType}`),
      );
  }
  const fixed = part.fixed?.((key) => createdOf(fields, key), at, by) ?? {};
  for (const [column, sql] of Object.entries(fixed)) columns.set(column, sql);
  return columns;
}

/** A field of the new record within `todo`. */
function createdOf(fields: RunFields, key: string): string {
  const field = fields.dataset.field(key);
  return writtenFields(fields).includes(field) ? `t.${identifier(key)}` : `null::${fields.typeOf(field)}`;
}
