import { withTenant } from '../database/with-tenant.ts';
import { publicUrl } from '../platform/address.ts';
import { inviteMember } from '../tenants/invitations.ts';
import type { SiteRole } from '../tenants/joining.ts';
import { changeMember, removeMember } from '../tenants/member-changes.ts';
import { findMember, listMembers, type Member } from '../tenants/members.ts';
import { type Role, roles } from '../tenants/permissions.ts';
import { findTenant } from '../tenants/tenants.ts';
import { type CommandContext, readArguments, usageError } from './command.ts';
import { withDatabase } from './with-database.ts';

export const help = `clientele member: who works in a tenant, and in which role

Usage: clientele member list --tenant TENANT [--json]
       clientele member invite EMAIL --tenant TENANT --role ROLE [OPTIONS]
       clientele member role MEMBER ROLE --tenant TENANT [OPTIONS]
       clientele member remove MEMBER --tenant TENANT [--keep-keys]

MEMBER is an e-mail address or an id, ROLE one of owner, admin, staff, viewer, customer. An invitation is a link that
is shown once: whoever opens it becomes the member, with that e-mail address. Inviting again makes another.

  --tenant TENANT    a slug or an id
  --site-role ROLE   his role in the tenants below an agency, or "none" (default: none; of "role": as it is)
  --name NAME        of invite: what he is called
  --keep-keys        of remove: the API keys that he made stay good; otherwise they end with him
  --json             print for programs: a list of objects, or one

Example: clientele member invite ada@example.com --tenant muller-sohne --role staff`;

const options = {
  tenant: { type: 'string' },
  role: { type: 'string' },
  'site-role': { type: 'string' },
  name: { type: 'string' },
  'keep-keys': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof readArguments<typeof options>>['values'];

export async function run(args: string[], context: CommandContext): Promise<number> {
  const { values, positionals } = readArguments(args, options, { min: 1, max: 3 });
  const [verb, member, role] = positionals;
  const tenant = values.tenant;
  if (tenant === undefined) throw usageError('Say of which tenant: --tenant TENANT');
  if (verb === 'list' && member === undefined) return list(tenant, values, context);
  if (member === undefined) throw usageError(`"${verb}" needs a member`);
  if (verb === 'invite' && role === undefined) return invite(tenant, member, values, context);
  if (verb === 'role' && role !== undefined) return changeRole(tenant, member, role, values, context);
  if (verb === 'remove' && role === undefined) return remove(tenant, member, values, context);
  throw usageError(
    verb === 'role'
      ? 'Say which role: clientele member role MEMBER ROLE'
      : `"${positionals.join(' ')}" is no such call`,
  );
}

async function list(named: string, { json }: Values, context: CommandContext): Promise<number> {
  const members = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, named);
    return withTenant(database, id, async (tx) => {
      const all: Member[] = [];
      for (;;) {
        const after = all.at(-1)?.id;
        const page = await listMembers(tx, after === undefined ? {} : { after });
        if (page.length === 0) return all;
        all.push(...page);
      }
    });
  });
  process.stdout.write(json ? `${JSON.stringify(members)}\n` : table(members));
  return 0;
}

function table(members: readonly Member[]): string {
  if (members.length === 0) return 'Nobody is a member yet: "clientele member invite" asks somebody in.\n';
  const width = Math.max(...members.map(({ email }) => email.length));
  return members
    .map(({ id, email, role, siteRole, state }) => {
      const below = siteRole === null ? '' : `, ${siteRole} below`;
      return `${email.padEnd(width)}  ${id}  ${role}${below}${state === 'active' ? '' : ` (${state})`}\n`;
    })
    .join('');
}

async function invite(
  named: string,
  email: string,
  values: Values,
  context: CommandContext,
): Promise<number> {
  const wanted = {
    email,
    role: roleOf(values.role ?? missingRole()),
    siteRole: siteRoleOf(values['site-role']) ?? null,
    ...(values.name === undefined ? {} : { name: values.name }),
  };
  const invited = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, named);
    return inviteMember(database, id, wanted, null);
  });
  const link = `${publicUrl()}/invitation#${invited.token}`;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...invited, link })}\n`
      : `Invited ${invited.member.email} (${invited.member.id}) until ${invited.expiresAt}. The link, shown once:\n${link}\n`,
  );
  return 0;
}

async function changeRole(
  named: string,
  memberNamed: string,
  role: string,
  values: Values,
  context: CommandContext,
): Promise<number> {
  const siteRole = siteRoleOf(values['site-role']);
  const change = { role: roleOf(role), ...(siteRole === undefined ? {} : { siteRole }) };
  const member = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, named);
    const found = await withTenant(database, id, (tx) => findMember(tx, memberNamed));
    return changeMember(database, id, found.id, change, null);
  });
  process.stdout.write(
    values.json ? `${JSON.stringify(member)}\n` : `${member.email} has the role ${member.role} now.\n`,
  );
  return 0;
}

async function remove(
  named: string,
  memberNamed: string,
  { json, 'keep-keys': keepKeys }: Values,
  context: CommandContext,
): Promise<number> {
  const member = await withDatabase(context, async (database) => {
    const { id } = await findTenant(database, named);
    const found = await withTenant(database, id, (tx) => findMember(tx, memberNamed));
    await removeMember(database, id, found.id, null, { keepKeys });
    return found;
  });
  process.stdout.write(
    json ? `${JSON.stringify({ id: member.id, removed: true })}\n` : `Removed ${member.email}.\n`,
  );
  return 0;
}

function missingRole(): never {
  throw usageError('Say in which role: --role ROLE');
}

function roleOf(text: string): Role {
  const role = roles.find((known) => known === text);
  if (role === undefined) throw usageError(`"${text}" is no role; there are: ${roles.join(', ')}`);
  return role;
}

function siteRoleOf(text: string | undefined): SiteRole | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const role = roleOf(text);
  if (role === 'customer') throw usageError('A customer has no role in the tenants below.');
  return role;
}
