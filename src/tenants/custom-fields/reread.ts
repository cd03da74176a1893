/**
 * A field changes its type or its limits: every value there is must be readable as what it is to be, and is then kept as
 * the new type keeps it. All of it is one transaction, in which nobody writes a value of the field; so there is a bound.
 */
import type { TenantTransaction } from '../../database/with-tenant.ts';
import { limitsOfCustom } from '../../datasets/custom/custom-field.ts';
import type { Definition } from '../../datasets/custom/new-custom-field.ts';
import { canonicalText, customColumn, storedJson } from '../../datasets/custom/stored-value.ts';
import { dataset } from '../../datasets/registry.ts';
import { compileColumn, type ReadCell } from '../../field-types/column.ts';
import { fieldType } from '../../field-types/registry.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { Problem, sayProblem } from '../../platform/problems.ts';
import type { KeptField } from './kept.ts';

const pageRows = 5000;

/** @throws AppError `custom_field.invalid`, with how many values cannot be read, and one of them. */
export async function rereadValues(
  tx: TenantTransaction,
  before: KeptField,
  after: Definition,
): Promise<void> {
  const { table } = dataset(before.dataset).root;
  await assertFew(tx, table, before.key);
  const read = await readerOf(tx, after);
  const unread: Unread = { values: 0, first: null };
  let last: string | null = null;
  for (;;) {
    const page: readonly Valued[] = await pageAfter(tx, { table, key: before.key, last });
    await rewrite(tx, { table, key: before.key }, otherwise(page, { before, after, read, unread }));
    last = page.at(-1)?.id ?? null;
    if (page.length < pageRows) break;
  }
  if (unread.first !== null) throw refusal(before, after, unread.values, unread.first);
}

interface Valued {
  id: string;
  /** JSON, as PostgreSQL writes it. */
  value: string;
}

interface Unread {
  values: number;
  first: { readonly text: string; readonly why: string } | null;
}

interface Rereading {
  readonly before: KeptField;
  readonly after: Definition;
  readonly read: ReadCell;
  readonly unread: Unread;
}

/** Values are canonical: no column has to tell how they are meant. */
async function readerOf(tx: TenantTransaction, after: Definition): Promise<ReadCell> {
  const { rows } = await tx.query<{ timezone: string; currency: string }>(
    'select timezone, currency from tenants where id = $1',
    [tx.tenantId],
  );
  return compileColumn(limitsOfCustom(after), {
    ...rows[0],
    decimal: '.',
    dateOrder: 'ymd',
    spreadsheetMarks: false,
  });
}

/** The values that are kept otherwise from now on. */
function otherwise(page: readonly Valued[], { before, after, read, unread }: Rereading): Valued[] {
  const old = limitsOfCustom(before);
  return page.flatMap(({ id, value }) => {
    const text = fieldType(before.type).write(canonicalText(before, value), 'data', old);
    const found = read(text);
    if (typeof found === 'string') {
      const json = storedJson(after, found);
      return json === value ? [] : [{ id, value: json }];
    }
    unread.values += 1;
    const why = found instanceof Problem ? sayProblem(found.code, found.details) : 'It says nothing.';
    unread.first ??= { text, why };
    return [];
  });
}

async function assertFew(tx: TenantTransaction, table: string, key: string): Promise<void> {
  const max = configuration().limits.customRereadMax;
  const { rows } = await tx.query<{ many: boolean }>(
    `select count(*) > $3 as many from (select from ${table} r where r.tenant_id = $1 and r.${customColumn} ? $2 limit $3 + 1) v`,
    [tx.tenantId, key, max],
  );
  if (rows[0]?.many !== true) return;
  throw new AppError(
    'custom_field.invalid',
    `More than ${max} records have a value of ${key}: make a new field and import the values into it.`,
  );
}

async function pageAfter(
  tx: TenantTransaction,
  { table, key, last }: { readonly table: string; readonly key: string; readonly last: string | null },
): Promise<Valued[]> {
  const { rows } = await tx.query<Valued & Record<string, unknown>>(
    `select r.id, (r.${customColumn} -> $2)::text as value from ${table} r
     where r.tenant_id = $1 and r.${customColumn} ? $2 and ($3::uuid is null or r.id > $3) order by r.id limit ${pageRows}`,
    [tx.tenantId, key, last],
  );
  return rows;
}

/** No write by a person: version, time and author stay. */
async function rewrite(
  tx: TenantTransaction,
  { table, key }: { readonly table: string; readonly key: string },
  values: readonly Valued[],
): Promise<void> {
  if (values.length === 0) return;
  await tx.query(
    `update ${table} r set ${customColumn} = jsonb_set(r.${customColumn}, array[$2], n.value::jsonb)
     from unnest($3::uuid[], $4::text[]) n(id, value) where r.tenant_id = $1 and r.id = n.id`,
    [tx.tenantId, key, values.map(({ id }) => id), values.map(({ value }) => value)],
  );
}

function refusal(
  before: KeptField,
  after: Definition,
  values: number,
  first: NonNullable<Unread['first']>,
): AppError {
  const shown = first.text.length > 100 ? `${first.text.slice(0, 100)}…` : first.text;
  const counted = values === 1 ? 'One value' : `${values} values`;
  return new AppError(
    'custom_field.invalid',
    `${counted} of ${before.key} cannot be read as ${after.type}, such as "${shown}": ${first.why}`,
    { values },
  );
}
