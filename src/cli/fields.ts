import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { customTypes } from '../datasets/custom/custom-field.ts';
import { customFieldPatchSchema, newCustomFieldSchema } from '../datasets/custom/new-custom-field.ts';
import { dataset } from '../datasets/registry.ts';
import { listed } from '../import/option-keys.ts';
import { AppError } from '../platform/errors.ts';
import {
  changeCustomField,
  defineCustomField,
  deleteCustomField,
  restoreCustomField,
} from '../tenants/custom-fields/define.ts';
import { type KeptField, listCustomFields } from '../tenants/custom-fields/kept.ts';
import { settleCustomFields } from '../tenants/custom-fields/settle.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, oneOf, readArguments, usageError } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele fields: fields of your own

Beside the fields that every record has, a tenant may define its own. They are fields like any others: files map to
them, exports have them, filters and orders may name them.

Usage: clientele fields list --tenant TENANT [--dataset DATASET] [--deleted] [--json]
       clientele fields add KEY --type TYPE --tenant TENANT [--dataset DATASET] [OPTIONS]
       clientele fields change KEY --tenant TENANT [--dataset DATASET] [OPTIONS]
       clientele fields remove KEY --tenant TENANT [--dataset DATASET] [--with-values]
       clientele fields restore KEY --tenant TENANT [--dataset DATASET]

  KEY names the field everywhere and never changes: small letters, digits and underscores.

  --tenant TENANT      a slug or an id
  --dataset DATASET    whose field it is (default: customers; all for list)
  --type TYPE          ${customTypes.slice(0, 9).join(', ')},
                       ${customTypes.slice(9).join(', ')}
  --label LABEL        what people read (default: made of the key)
  --max N              most characters, where the type has text
  --range MIN,MAX      the least and the most of a number; "" takes it off
  --values a,b=Label   what an enum may be
  --aliases a,b        other spellings of the header
  --sensitive yes|no   read only by whoever may read sensitive fields (default: no)
  --filterable yes|no  found by index in filters (default: no)
  --position N         fields are shown in the order of their positions
  --deleted            list those that are deleted, too
  --with-values        remove the values for good; without it they are hidden, and come back with "restore"
  --json               print for programs

Another type, or other limits, are taken only where every value there is can be read as what it is to be.

Example: clientele fields add shoe_size --type decimal --range 15,60 --filterable yes --tenant demo`;

const options = {
  tenant: { type: 'string' },
  dataset: { type: 'string' },
  type: { type: 'string' },
  label: { type: 'string' },
  max: { type: 'string' },
  range: { type: 'string' },
  values: { type: 'string' },
  aliases: { type: 'string' },
  sensitive: { type: 'string' },
  filterable: { type: 'string' },
  position: { type: 'string' },
  deleted: { type: 'boolean', default: false },
  'with-values': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

interface Asked {
  readonly tenantId: string;
  /** Key of the dataset. */
  readonly of: string;
  readonly key: string;
  /** What was said of the field. */
  readonly wanted: Readonly<Record<string, unknown>>;
  readonly removeValues: boolean;
}

type Verb = (database: Database, asked: Asked) => Promise<KeptField>;

const verbs: Readonly<Record<string, Verb>> = { add, change, remove, restore };

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb = '', key] = positionals;
  const { tenant } = values;
  if (tenant === undefined) throw usageError('Say of which tenant: --tenant TENANT');
  const of = dataset(values.dataset ?? 'customers').key;
  if (verb === 'list' && key === undefined) return list(tenant, values, context);
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (act === undefined)
    throw usageError(`A field can be added, changed, removed, restored or listed, not "${verb}"`);
  if (key === undefined) throw usageError(`Say which field: clientele fields ${verb} KEY`);
  const wanted = said(values);
  const removeValues = values['with-values'];
  const field = await withDatabase(context, async (database) => {
    const { id: tenantId } = await findTenant(database, tenant);
    const done = await act(database, { tenantId, of, key, wanted, removeValues });
    await settleCustomFields(database, tenantId, context.interrupted);
    return done;
  });
  process.stdout.write(values.json ? `${JSON.stringify(field)}\n` : `${lineOf(field, verb)}\n`);
  return 0;
}

function add(database: Database, { tenantId, of, key, wanted }: Asked): Promise<KeptField> {
  if (wanted.type === undefined) throw usageError('Say of which type it is: --type TYPE');
  const read = newCustomFieldSchema.safeParse({ key, ...wanted });
  if (!read.success) throw misread(read.error.issues);
  return defineCustomField(database, tenantId, { dataset: of, ...read.data }, null);
}

async function change(database: Database, asked: Asked): Promise<KeptField> {
  const read = customFieldPatchSchema.safeParse(asked.wanted);
  if (!read.success) throw misread(read.error.issues);
  const { id } = await named(database, asked);
  return changeCustomField(database, asked.tenantId, id, read.data, null);
}

async function remove(database: Database, asked: Asked): Promise<KeptField> {
  const { id } = await named(database, asked);
  return deleteCustomField(database, asked.tenantId, id, {
    by: null,
    removeValues: asked.removeValues,
  });
}

async function restore(database: Database, asked: Asked): Promise<KeptField> {
  const { id } = await named(database, asked);
  return restoreCustomField(database, asked.tenantId, id, null);
}

/** @throws AppError `custom_field.not_found` */
async function named(database: Database, { tenantId, of, key }: Asked): Promise<KeptField> {
  const fields = await withTenant(database, tenantId, (tx) =>
    listCustomFields(tx, { dataset: of, deleted: true }),
  );
  const found = fields.find((field) => field.key === key);
  if (found !== undefined) return found;
  throw new AppError('custom_field.not_found', `${dataset(of).label} have no field "${key}" of your own.`);
}

/** What the schemas read; what was not said is not there. */
function said(values: Values): Record<string, unknown> {
  const { type, label, max, range, values: ofEnum, aliases, sensitive, filterable, position } = values;
  const read = {
    type: type === undefined ? undefined : oneOf('--type', type, customTypes),
    label,
    max: max === undefined ? undefined : wholeNumber('--max', max),
    range: range === undefined ? undefined : readRange(range),
    values: ofEnum === undefined ? undefined : listed(ofEnum).map(readValue),
    aliases: aliases === undefined ? undefined : listed(aliases),
    sensitive: sensitive === undefined ? undefined : yesOrNo('--sensitive', sensitive),
    filterable: filterable === undefined ? undefined : yesOrNo('--filterable', filterable),
    position: position === undefined ? undefined : wholeNumber('--position', position),
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

function readRange(text: string): number[] | null {
  if (text.trim() === '') return null;
  const ends = text.split(',').map((end) => (end.trim() === '' ? Number.NaN : Number(end)));
  if (ends.length !== 2 || ends.some(Number.isNaN))
    throw usageError(`--range takes two numbers with a comma between, such as 15,60, and not "${text}"`);
  return ends;
}

function wholeNumber(option: string, text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw usageError(`${option} takes a whole number, and not "${text}"`);
  return Number(text);
}

function readValue(text: string): string | { key: string; label: string } {
  const at = text.indexOf('=');
  return at < 0 ? text : { key: text.slice(0, at).trim(), label: text.slice(at + 1).trim() };
}

function yesOrNo(option: string, text: string): boolean {
  if (text !== 'yes' && text !== 'no') throw usageError(`${option} takes yes or no, and not "${text}"`);
  return text === 'yes';
}

function misread(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): AppError {
  const [issue] = issues;
  return usageError(`--${issue?.path.map(String).join(' ') ?? ''}: ${issue?.message ?? 'it cannot be read'}`);
}

async function list(tenant: string, values: Values, context: CommandContext): Promise<number> {
  const fields = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, tenant);
    const wanted = { dataset: values.dataset, deleted: values.deleted };
    return withTenant(database, id, (tx) => listCustomFields(tx, wanted));
  });
  process.stdout.write(values.json ? `${JSON.stringify(fields)}\n` : table(fields));
  return 0;
}

function table(fields: readonly KeptField[]): string {
  if (fields.length === 0) return 'There is none yet: "clientele fields add KEY --type TYPE" makes one.\n';
  return fields
    .map((field) => {
      const marks = [
        ...(field.sensitive ? ['sensitive'] : []),
        ...(field.filterable ? [`filterable (${field.indexState})`] : []),
        ...(field.deletedAt === null ? [] : [field.removing ? 'being removed' : 'deleted']),
      ];
      return `${[field.dataset, field.key, field.type, field.label, ...marks].join('  ')}\n`;
    })
    .join('');
}

const pasts: Readonly<Record<string, string>> = {
  add: 'Added',
  change: 'Changed',
  remove: 'Removed',
  restore: 'Restored',
};

function lineOf({ dataset: of, key, type, label }: KeptField, verb: string): string {
  return `${pasts[verb]} the field ${key} of ${of}: ${label}, ${type}.`;
}
