import type { Database } from '../database/connect.ts';
import { withTenant } from '../database/with-tenant.ts';
import { datasetWithin } from '../datasets/custom/tenant-dataset.ts';
import { dataset, datasets } from '../datasets/registry.ts';
import { normOf } from '../export/templates/names.ts';
import {
  changeTemplate,
  createTemplate,
  findTemplate,
  listTemplates,
  removeTemplate,
  type Template,
} from '../export/templates/template.ts';
import { planOf } from '../export/templates/use.ts';
import { findTenant, type Tenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { readWanted, wantedOf, wantedOptions } from './export-options.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele templates: exports that are kept under a name

Usage: clientele templates list --tenant TENANT [--json]
       clientele templates show NAME --tenant TENANT [--json]
       clientele templates save NAME DATASET --tenant TENANT [--replace] [OPTIONS OF export]
       clientele templates remove NAME --tenant TENANT

"clientele export --template NAME" makes the export, "clientele schedules add" has it made by the clock. Save takes
every option that says what an export holds and how it is written: "clientele export --help" lists them. A name is
unique in its tenant, whatever its case.

  --tenant TENANT  a slug or an id
  --replace        in the place of the template of this name, if there is one
  --json           print for programs: a list of objects, or one

Example: clientele templates save "VIPs for the agency" customers --tenant demo --columns email,first_name
         --filter '{"where": {"field": "segment", "operator": "is", "value": "vip"}}'`;

const options = {
  tenant: { type: 'string' },
  replace: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  ...wantedOptions,
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

interface Asked {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly values: Values;
  readonly name: string;
  readonly of: string;
}

/** With how many arguments each is called, beside itself. */
const verbs: Readonly<
  Record<string, { readonly takes: number; readonly act: (asked: Asked) => Promise<void> }>
> = {
  list: { takes: 0, act: list },
  show: { takes: 1, act: show },
  save: { takes: 2, act: save },
  remove: { takes: 1, act: remove },
};

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 3 });
  const [verb = '', name = '', of = ''] = positionals;
  const found = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (found === undefined)
    throw usageError(`Templates can be listed, shown, saved or removed, not "${verb}"`);
  const { tenant: named } = values;
  if (named === undefined) throw usageError('Say of which tenant: --tenant TENANT');
  if (positionals.length - 1 !== found.takes)
    throw usageError(found.takes === 2 ? 'Say a name and a dataset' : `See how "${verb}" is called`);
  return withDatabase(context, async (database) => {
    const tenant = await findTenant(database, named);
    await found.act({ database, tenant, values, name, of });
    return 0;
  });
}

async function list({ database, tenant, values }: Asked): Promise<void> {
  const keys = datasets.map(({ key }) => key);
  const templates = await withTenant(database, tenant.id, (tx) => listTemplates(tx, keys));
  if (values.json) print(JSON.stringify(templates.map(asJson)));
  else if (templates.length === 0) print('There is no template yet: "clientele templates save" makes one.');
  else print(templates.map(({ id, name, dataset: key }) => [id, key, name].join('  ')).join('\n'));
}

async function show({ database, tenant, values, name }: Asked): Promise<void> {
  const template = await withTenant(database, tenant.id, (tx) => findTemplate(tx, name));
  print(values.json ? JSON.stringify(asJson(template)) : JSON.stringify(asJson(template), null, 2));
}

function asJson({
  id,
  name,
  dataset: key,
  content,
  createdAt,
  updatedAt,
}: Template): Record<string, unknown> {
  const wanted = { dataset: key, ...(content as object) };
  return { id, name, export: wanted, created_at: createdAt, updated_at: updatedAt };
}

async function save({ database, tenant, values, name, of }: Asked): Promise<void> {
  const wanted = wantedOf(dataset(of).key, readWanted(values));
  const before = await withTenant(database, tenant.id, async (tx) => {
    const own = await datasetWithin(tx, dataset(of));
    planOf(name, wanted, {
      tenant,
      dataset: own,
      permissions: 'everything',
      by: null,
      source: 'command line',
    });
    const all = await listTemplates(
      tx,
      datasets.map(({ key }) => key),
    );
    return values.replace ? all.find((template) => isNamed(template, name)) : undefined;
  });
  const template =
    before === undefined
      ? await createTemplate(database, tenant.id, { name, wanted }, null)
      : await changeTemplate(database, tenant.id, before.id, { name, wanted }, { kind: 'operator' });
  print(
    values.json
      ? JSON.stringify(asJson(template))
      : `Saved the template "${template.name}" (${template.id}).`,
  );
}

function isNamed({ name }: Template, named: string): boolean {
  return normOf(name) === normOf(named);
}

async function remove({ database, tenant, name }: Asked): Promise<void> {
  const { id } = await withTenant(database, tenant.id, (tx) => findTemplate(tx, name));
  await removeTemplate(database, tenant.id, id, null);
  print(`Removed the template "${name}".`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
