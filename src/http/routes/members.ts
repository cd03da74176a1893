/** Members of a tenant, and the invitations by which they come. */
import { z } from 'zod';
import type { AccountSession } from '../../accounts/accounts.ts';
import { createUser } from '../../accounts/users.ts';
import { withTenant } from '../../database/with-tenant.ts';
import { invitationLetter } from '../../mail/letters/invitation.ts';
import {
  acceptInvitation,
  findInvitation,
  inviteMember,
  type OpenInvitation,
} from '../../tenants/invitations.ts';
import { changeMember, removeMember } from '../../tenants/member-changes.ts';
import { findMember, listMembers, type Member } from '../../tenants/members.ts';
import { roles } from '../../tenants/permissions.ts';
import { findTenant } from '../../tenants/tenants.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { instant, instantOrNull } from '../instant.ts';
import type { Services } from '../services.ts';

const siteRoles = ['owner', 'admin', 'staff', 'viewer'] as const;
const named = z.strictObject({ id: z.uuid() });

const memberSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(roles),
  site_role: z.enum(siteRoles).nullable(),
  state: z.string(),
  invitation_expires_at: z.string().nullable(),
  created_at: z.string(),
  accepted_at: z.string().nullable(),
});

function memberDocument(member: Member): z.input<typeof memberSchema> {
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    role: member.role,
    site_role: member.siteRole,
    state: member.state,
    invitation_expires_at: instantOrNull(member.invitationExpiresAt),
    created_at: instant(member.createdAt),
    accepted_at: instantOrNull(member.acceptedAt),
  };
}

const list = defineRoute({
  method: 'GET',
  path: '/members',
  name: 'members.list',
  summary: 'Who works here, in which role',
  scope: 'tenant',
  permission: 'members:read',
  query: z.strictObject({
    role: z.enum(roles).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z.uuid().optional(),
  }),
  answers: { 200: z.object({ members: z.array(memberSchema), next_cursor: z.string().nullable() }) },
  handler: async ({ services, tenant, query }) => {
    const members = await withTenant(services.database, tenant.id, (tx) =>
      listMembers(tx, {
        limit: query.limit,
        ...(query.role === undefined ? {} : { role: query.role }),
        ...(query.cursor === undefined ? {} : { after: query.cursor }),
      }),
    );
    const next = members.length === query.limit ? (members.at(-1)?.id ?? null) : null;
    return { status: 200, body: { members: members.map(memberDocument), next_cursor: next } };
  },
});

const get = defineRoute({
  method: 'GET',
  path: '/members/{id}',
  name: 'members.get',
  summary: 'One member',
  scope: 'tenant',
  permission: 'members:read',
  params: named,
  answers: { 200: memberSchema },
  handler: async ({ services, tenant, params }) => {
    const member = await withTenant(services.database, tenant.id, (tx) => findMember(tx, params.id));
    return { status: 200, body: memberDocument(member) };
  },
});

const invite = defineRoute({
  method: 'POST',
  path: '/members',
  name: 'members.invite',
  summary: 'Invite somebody by mail; who was invited before gets a new invitation',
  scope: 'tenant',
  permission: 'members:write',
  body: {
    json: z.strictObject({
      email: z.email().max(254),
      name: z.string().max(255).nullable().optional(),
      role: z.enum(roles),
      site_role: z.enum(siteRoles).nullable().optional(),
    }),
  },
  answers: { 201: memberSchema },
  limits: { callsPerMinuteMax: 60 },
  handler: async ({ services, tenant, caller, session, json }) => {
    const { member, token } = await inviteMember(
      services.database,
      tenant.id,
      { email: json.email, name: json.name ?? null, role: json.role, siteRole: json.site_role ?? null },
      caller,
    );
    const link = `${services.baseUrl}/invitation#${token}`;
    const letter = invitationLetter({ inviter: session?.name ?? tenant.name, tenant: tenant.name, link });
    await services.mail.send({ to: member.email, ...letter });
    return { status: 201, body: memberDocument(member) };
  },
});

const change = defineRoute({
  method: 'PATCH',
  path: '/members/{id}',
  name: 'members.change',
  summary: 'Give a member another role, or another name',
  scope: 'tenant',
  permission: 'members:write',
  params: named,
  body: {
    json: z.strictObject({
      role: z.enum(roles).optional(),
      site_role: z.enum(siteRoles).nullable().optional(),
      name: z.string().max(255).nullable().optional(),
    }),
  },
  answers: { 200: memberSchema },
  handler: async ({ services, tenant, caller, params, json }) => {
    const changed = {
      ...(json.role === undefined ? {} : { role: json.role }),
      ...(json.site_role === undefined ? {} : { siteRole: json.site_role }),
      ...(json.name === undefined ? {} : { name: json.name }),
    };
    const member = await changeMember(services.database, tenant.id, params.id, changed, caller);
    return { status: 200, body: memberDocument(member) };
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: '/members/{id}',
  name: 'members.remove',
  summary: 'Remove a member, or take an invitation back',
  description:
    'The API keys that he made, and those that were made with them, end with him unless `keys=keep`: he has seen their tokens.',
  scope: 'tenant',
  permission: 'members:write',
  params: named,
  query: z.strictObject({ keys: z.enum(['revoke', 'keep']).default('revoke') }),
  answers: { 204: 'nothing' },
  handler: async ({ services, tenant, caller, params, query }) => {
    const keepKeys = query.keys === 'keep';
    await removeMember(services.database, tenant.id, params.id, caller, { keepKeys });
    return { status: 204 };
  },
});

/** A token comes in the body: addresses are kept in logs. */
const tokenSchema = z.string().min(1).max(200);

const invitationSchema = z.object({
  tenant: z.object({ slug: z.string(), name: z.string() }),
  email: z.string(),
  name: z.string().nullable(),
  role: z.enum(roles),
  expires_at: z.string(),
});

const showInvitation = defineRoute({
  method: 'POST',
  path: '/invitation',
  name: 'invitations.show',
  summary: 'What an invitation is for, to whom has its token',
  scope: 'open',
  body: { json: z.strictObject({ token: tokenSchema }) },
  answers: { 200: invitationSchema },
  handler: async ({ services, json }) => {
    const open = await findInvitation(services.database, json.token);
    const { slug, name } = await findTenant(services.database, open.tenantId);
    const { email, role, expiresAt } = open;
    return {
      status: 200,
      body: { tenant: { slug, name }, email, name: open.name, role, expires_at: instant(expiresAt) },
    };
  },
});

const joinedSchema = z.object({
  tenant: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  member: z.string(),
});

const acceptWithNewAccount = defineRoute({
  method: 'POST',
  path: '/invitation/account',
  name: 'invitations.acceptWithNewAccount',
  summary: 'Make an account for the address that was invited, and accept',
  scope: 'open',
  body: {
    json: z.strictObject({
      token: tokenSchema,
      name: z.string().min(1).max(255),
      password: z.string().min(1).max(200),
    }),
  },
  answers: { 201: joinedSchema },
  handler: async ({ services, json }) => {
    const { token, name, password } = json;
    const { email } = await findInvitation(services.database, token);
    // The token was mailed: whoever has it reads that mailbox.
    const { userId } = await createUser(services.database.app, {
      email,
      name,
      password,
      emailVerified: true,
    });
    const accepted = await acceptInvitation(services.database, { userId, email, name }, token);
    return { status: 201, body: await joined(services, accepted) };
  },
});

const accept = defineRoute({
  method: 'POST',
  path: '/invitation/acceptance',
  name: 'invitations.accept',
  summary: 'Accept an invitation with the account that is signed in',
  scope: 'account',
  body: { json: z.strictObject({ token: tokenSchema }) },
  answers: { 201: joinedSchema },
  handler: async ({ services, session, json }) => {
    const accepted = await acceptInvitation(services.database, session as AccountSession, json.token);
    return { status: 201, body: await joined(services, accepted) };
  },
});

async function joined(
  { database }: Services,
  { tenantId, memberId }: OpenInvitation,
): Promise<z.input<typeof joinedSchema>> {
  const { id, slug, name } = await findTenant(database, tenantId);
  return { tenant: { id, slug, name }, member: memberId };
}

export const memberRoutes: readonly Route[] = [
  list,
  get,
  invite,
  change,
  remove,
  showInvitation,
  acceptWithNewAccount,
  accept,
];
