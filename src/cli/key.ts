import { createKey, type ListedKey, listKeys, revokeKey } from '../tenants/keys.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele key: API keys, by which programs call

Usage: clientele key create NAME --tenant TENANT --permissions LIST [--expires DAYS] [--json]
       clientele key list --tenant TENANT [--json]
       clientele key revoke ID --tenant TENANT [--json]

A key holds the permissions that it is given, such as customers:read, and belongs to one tenant. Its token is shown
once. A key that is revoked is worth nothing within five seconds.

  --tenant TENANT     a slug or an id
  --permissions LIST  separated by commas
  --expires DAYS      for how long, or "never" (default: as long as the tenant's settings allow)
  --json              print for programs: a list of objects, or one

Example: clientele key create "Web shop" --tenant muller-sohne --permissions customers:read,customers:write --expires 90`;

const options = {
  tenant: { type: 'string' },
  permissions: { type: 'string' },
  expires: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 2 });
  const [verb, named] = positionals;
  if (values.tenant === undefined) throw usageError('Say of which tenant: --tenant TENANT');
  if (verb === 'create' && named !== undefined) return create(values.tenant, named, values, context);
  if (verb === 'list' && named === undefined) return list(values.tenant, values, context);
  if (verb === 'revoke' && named !== undefined) return revoke(values.tenant, named, values, context);
  if (verb === 'create') throw usageError('A new key needs a name');
  if (verb === 'revoke') throw usageError('Say which key: clientele key revoke ID');
  if (verb === 'list') throw usageError(`"${named}" is one argument too many`);
  throw usageError(`A key can be created, listed or revoked, not "${verb}"`);
}

async function create(
  tenant: string,
  name: string,
  values: Values,
  context: CommandContext,
): Promise<number> {
  const permissions = (values.permissions ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (permissions.length === 0)
    throw usageError('Say what it may do, such as --permissions customers:read,customers:write');
  const life = values.expires === undefined ? {} : { days: daysOf(values.expires) };
  const made = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, tenant);
    return createKey(database, id, { name, permissions, ...life }, null);
  });
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...made.key, token: made.token })}\n`
      : `Created the key "${made.key.name}" (${made.key.id}), ${endText(made.key)}. The token, shown once:\n${made.token}\n`,
  );
  return 0;
}

/** Which numbers of days there may be is the tenant's to say. */
function daysOf(text: string): number | null {
  if (text === 'never') return null;
  if (!/^\d{1,6}$/.test(text)) throw usageError(`"${text}" is no number of days, and not "never"`);
  return Number(text);
}

async function list(tenant: string, { json }: Values, context: CommandContext): Promise<number> {
  const keys = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, tenant);
    return listKeys(database, id);
  });
  process.stdout.write(json ? `${JSON.stringify(keys)}\n` : table(keys));
  return 0;
}

function table(keys: readonly ListedKey[]): string {
  if (keys.length === 0) return 'There is no key yet: "clientele key create NAME" makes one.\n';
  return keys
    .map((key) =>
      [key.id, `${key.prefix}…`, endText(key), key.permissions.join(','), key.name].join('  ').concat('\n'),
    )
    .join('');
}

function endText({ expiresAt, revokedAt }: ListedKey): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  return expiresAt === null ? 'valid without an end' : `valid until ${expiresAt.slice(0, 10)}`;
}

async function revoke(
  tenant: string,
  keyId: string,
  { json }: Values,
  context: CommandContext,
): Promise<number> {
  await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, tenant);
    await revokeKey(database, id, keyId, null);
  });
  process.stdout.write(
    json ? `${JSON.stringify({ id: keyId, revoked: true })}\n` : `Revoked the key ${keyId}.\n`,
  );
  return 0;
}
