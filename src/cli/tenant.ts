import { createTenant, listTenants, type NewTenant, type Tenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele tenant: make a tenant, or list those there are

A tenant is whose data it is. Each sees its own customers and nobody else's.

Usage: clientele tenant create NAME [OPTIONS]
       clientele tenant list [--json]

Options of create:
  --slug SLUG      what commands call it: small letters, digits and hyphens (default: made from the name)
  --parent TENANT  the agency whose members may reach it: a slug or an id (default: none)
  --country XX     for phone numbers and addresses that name none, such as GB (default: none)
  --currency XXX   of all money kept with customers (default: USD)
  --timezone NAME  such as Europe/London (default: UTC)
  --language XX    whose words for yes and no are understood beside English (default: en)
  --json           print an object for programs

Example: clientele tenant create "Müller & Söhne" --country DE --currency EUR --timezone Europe/Berlin`;

const options = {
  slug: { type: 'string' },
  parent: { type: 'string' },
  country: { type: 'string' },
  currency: { type: 'string' },
  timezone: { type: 'string' },
  language: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const { json, ...properties } = values;
  const [verb, name] = positionals;
  if (verb === 'create' && name !== undefined) return create({ name, ...properties }, json, context);
  if (verb === 'list' && name === undefined) return list(json, context);
  if (verb === 'create') throw usageError('A new tenant needs a name');
  if (verb === 'list') throw usageError(`"${name}" is one argument too many`);
  throw usageError(`A tenant can be created or listed, not "${verb}"`);
}

async function create(wanted: NewTenant, json: boolean, context: CommandContext): Promise<number> {
  const tenant = await withDatabase(context, (database) => createTenant(database, wanted));
  process.stdout.write(
    json ? `${JSON.stringify(tenant)}\n` : `Created the tenant "${tenant.slug}" (${tenant.id}).\n`,
  );
  return 0;
}

async function list(json: boolean, context: CommandContext): Promise<number> {
  const tenants = await withDatabase(context, listTenants);
  process.stdout.write(json ? `${JSON.stringify(tenants)}\n` : table(tenants));
  return 0;
}

function table(tenants: readonly Tenant[]): string {
  if (tenants.length === 0) return 'There is no tenant yet: "clientele tenant create NAME" makes one.\n';
  const width = Math.max(...tenants.map(({ slug }) => slug.length));
  return tenants.map(({ slug, id, name }) => `${slug.padEnd(width)}  ${id}  ${name}\n`).join('');
}
