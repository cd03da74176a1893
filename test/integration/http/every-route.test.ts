/**
 * Every route that is registered, called by everybody: what answers 401, 403 and 404 is what the table of permissions
 * says, and nothing of another tenant is ever touched. No route is named here.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { withTenant } from '../../../src/database/with-tenant.ts';
import { dataset } from '../../../src/datasets/registry.ts';
import { createLink } from '../../../src/export/links.ts';
import { storeExport } from '../../../src/export/stored-export.ts';
import { fileStore } from '../../../src/file-store/file-store.ts';
import type { Route } from '../../../src/http/define-route.ts';
import { urlsOf } from '../../../src/http/register-route.ts';
import { routes } from '../../../src/http/routes.ts';
import { newId } from '../../../src/platform/ids.ts';
import { defineCustomField } from '../../../src/tenants/custom-fields/define.ts';
import { createKey } from '../../../src/tenants/keys.ts';
import {
  datasetActions,
  type Permission,
  permissions,
  permissionsOf,
  roles,
  withImplied,
} from '../../../src/tenants/permissions.ts';
import { findTenant, type Tenant } from '../../../src/tenants/tenants.ts';
import { type Answered, type TestTenant, useServer, type Who } from '../../support/http.ts';
import { callsOf, type RouteCall } from '../../support/route-calls.ts';
import { digestOf } from '../../support/tenant-digest.ts';

const api = useServer();

let own: TestTenant;
let other: TestTenant;
/** A record of the other tenant for each collection that an address can name one of. */
let theirs: Readonly<Record<string, string>>;

beforeAll(async () => {
  own = await api.newTenant();
  other = await api.newTenant();
  theirs = await recordsOf(other);
  // The short addresses mean the tenant that is active.
  for (const { people, tenant } of [own, other]) {
    for (const as of Object.values(people))
      await api.call('PUT', '/api/session/tenant', { as, json: { tenant: tenant.slug } });
  }
});

async function recordsOf(of: TestTenant): Promise<Record<string, string>> {
  const { tenant, people, memberIds } = of;
  const base = `/api/tenants/${tenant.slug}/imports`;
  const body = 'First Name,Email\nGrace,grace@example.org\n,nobody\n';
  const { json } = await api.call('POST', base, { as: people.owner, body, type: 'text/csv' });
  await api.rested(people.owner, `${base}/${json.id}`);
  const { key } = await createKey(
    api.database,
    tenant.id,
    { name: 'theirs', permissions: ['audit:read'] },
    null,
  );
  const wanted = { dataset: 'customers', key: 'shoe_size', type: 'decimal' } as const;
  const { id: field } = await defineCustomField(api.database, tenant.id, wanted, null);
  return {
    'custom-fields': field,
    imports: json.id,
    members: memberIds.viewer,
    keys: key.id,
    ...(await scheduledBy(of)),
    ...(await exportedBy(of)),
  };
}

/** With its file, and a link to that. */
async function exportedBy({ tenant }: TestTenant): Promise<Record<string, string>> {
  const { id: exportId } = await storeExport(api.database, fileStore(), {
    tenant,
    dataset: dataset('customers'),
    format: 'csv',
    permissions: 'everything',
    by: null,
    source: 'test',
  });
  const { id: link } = await withTenant(api.database, tenant.id, (tx) =>
    createLink(tx, { exportId, expiresAt: '2200-01-01T00:00:00Z', by: null }),
  );
  return { exports: exportId, links: link };
}

async function scheduledBy({ tenant, people }: TestTenant): Promise<Record<string, string>> {
  const as = people.owner;
  const base = `/api/tenants/${tenant.slug}`;
  const wanted = { name: 'Theirs', export: { dataset: 'customers' } };
  const { json: template } = await api.call('POST', `${base}/templates`, { as, json: wanted });
  const { json: schedule } = await api.call('POST', `${base}/schedules`, {
    as,
    json: {
      name: 'Theirs',
      template: template.id,
      cron: '0 3 * * *',
      mode: 'whole',
      destination: { kind: 'file' },
    },
  });
  const { json: run } = await api.call('POST', `${base}/schedules/${schedule.id}/runs`, { as });
  return { templates: template.id, schedules: schedule.id, runs: run.id };
}

/** What stands in the place of each parameter: the record of the collection before it. */
function named(
  url: string,
  tenant: string,
  records: Readonly<Record<string, string>>,
): Record<string, string> {
  const parameters = [...url.matchAll(/([\w-]+)\/\{(\w+)\}/g)].map(([, collection = '', name = '']) => {
    if (name === 'tenant') return [name, tenant] as const;
    const record = records[collection];
    if (record === undefined)
      throw new Error(`Make a record of the kind "${collection}" in this test: ${url} asks for one.`);
    return [name, record] as const;
  });
  return Object.fromEntries(parameters);
}

const nobodys = new Proxy<Record<string, string>>({}, { get: () => newId() });

/** The same calls in each run: a failure can be looked at. */
function someCalls(route: Route, url: string, values: Record<string, string>, amount: number): RouteCall[] {
  if (!route.permission?.endsWith(' or own record'))
    return fc.sample(callsOf(route, url, values), { seed: 3, numRuns: amount });
  // With a format the file of customers is the caller's own record, which is his whatever he holds.
  const others = callsOf(route, url, values).filter(({ path }) => !/[?&]format=/.test(path));
  return fc.sample(others, { seed: 3, numRuns: amount });
}

function send({ method, path, sent }: RouteCall, as: Who): Promise<Answered> {
  return api.call(method, path, { ...sent, as });
}

/** Calls until one is made as the handler wants it, so that its answer is about more than what was sent. */
async function understood(
  route: Route,
  url: string,
  values: Record<string, string>,
  as: Who,
): Promise<Answered> {
  const calls = someCalls(route, url, values, 40);
  for (const call of calls) {
    const answered = await send(call, as);
    if (!['request.invalid', 'usage.invalid'].includes(answered.json?.code)) return answered;
  }
  throw new Error(`Of ${calls.length} calls made from the definition of ${route.name}, it understood none.`);
}

const addressed = routes.flatMap((route) =>
  urlsOf(route).map((url) => ({ route, url, title: `${route.method} ${url}` })),
);
const ofTenants = addressed.filter(({ route }) => route.scope === 'tenant');
const ofAccounts = addressed.filter(({ route }) => route.scope === 'account');

/** Admission's own refusals; a handler may refuse with others of its own. */
const notAdmitted = ['account.required', 'account.foreign_origin', 'permission.missing'];

describe('without credentials', () => {
  test.each([...ofTenants, ...ofAccounts])('$title answers 401', async ({ route, url }) => {
    const values = named(url, own.tenant.slug, nobodys);
    for (const as of [null, 'Bearer clk_nothing', 'Bearer nothing.nothing']) {
      for (const call of someCalls(route, url, values, 1)) {
        const answered = await send(call, as);
        expect(answered, `${call.method} ${call.path}`).toMatchObject({
          status: 401,
          json: { code: 'account.required' },
        });
      }
    }
  });
});

describe('a call about an account', () => {
  test.each(ofAccounts)('$title takes a session, and no key', async ({ route, url }) => {
    const key = await api.newKey(own.tenant);
    const { as } = await api.newAccount();
    for (const call of someCalls(route, url, named(url, own.tenant.slug, nobodys), 1)) {
      expect(await send(call, key), 'with a key').toMatchObject({
        status: 401,
        json: { code: 'account.required' },
      });
      expect((await send(call, as)).json?.code, 'with a session').not.toBe('account.required');
    }
  });
});

describe('with a role', () => {
  test.each(ofTenants)(
    '$title answers 403 where the table says no, and only there',
    async ({ route, url }) => {
      for (const role of roles) {
        const tenant = await findTenant(api.database, own.tenant.id);
        const may = isMet(route, permissionsOf(role, tenant.settings.permissions));
        await expectAdmission({ route, url, as: own.people[role], may, who: role });
      }
    },
  );
});

describe('with a key', () => {
  test.each(ofTenants)('$title asks for its permission, and for no other', async ({ route, url }) => {
    const { settings } = await findTenant(api.database, own.tenant.id);
    const missing = permissions.filter((one) => !isMet(route, withImplied([one], settings.permissions)));
    const each = permissions.filter((one) => !missing.includes(one));
    // For a route that asks for an action on any dataset the handler asks for the one it is about.
    const enough = route.permission?.endsWith(' on any dataset') ? each : each.slice(0, 1);
    if (missing.length === 0) {
      await expectAdmission({ route, url, as: await keyWith(['audit:read']), may: true, who: 'any key' });
      return;
    }
    expect(enough.length, `a permission is enough for ${route.name}`).toBeGreaterThan(0);
    for (const one of new Set([...each.slice(0, 1), ...each.slice(-1)])) {
      const refusal = `This needs the permission ${route.permission}.`;
      for (const call of someCalls(route, url, named(url, own.tenant.slug, nobodys), 1))
        expect((await send(call, await keyWith([one]))).json?.detail, `a key with ${one}`).not.toBe(refusal);
    }
    await expectAdmission({ route, url, as: await keyWith(enough), may: true, who: `a key with ${enough}` });
    await expectAdmission({
      route,
      url,
      as: await keyWith(missing),
      may: false,
      who: 'a key with all others',
    });
  });
});

async function keyWith(held: readonly Permission[]): Promise<string> {
  return api.newKey(own.tenant, held);
}

/** What a permission set is worth, said once more and apart from the program. */
function isMet({ permission: needed = 'member' }: Route, held: ReadonlySet<Permission>): boolean {
  if (needed === 'member') return true;
  // None of the calls made here is about the caller's own record.
  const permission = needed.replace(/ or own record$/, '');
  const action = datasetActions.find((one) => needed === `${one} on any dataset`);
  return [...held].some((one) => (action === undefined ? one === permission : one.split(':')[1] === action));
}

interface Expected {
  readonly route: Route;
  readonly url: string;
  readonly as: string;
  readonly may: boolean;
  readonly who: string;
}

async function expectAdmission({ route, url, as, may, who }: Expected): Promise<void> {
  for (const call of someCalls(route, url, named(url, own.tenant.slug, nobodys), 1)) {
    const answered = await send(call, as);
    const said = `${who}: ${call.method} ${call.path} answered ${answered.status} ${answered.text.slice(0, 300)}`;
    if (may) expect(notAdmitted, said).not.toContain(answered.json?.code);
    else expect([answered.status, answered.json?.code], said).toEqual([403, 'permission.missing']);
  }
}

describe('an owner of another tenant', () => {
  let before: Record<string, string>;

  /** Were the records not there, a 404 would prove nothing. */
  test('has records that can be read by those whose they are', async () => {
    const readable = ofTenants.filter(({ route, url }) => route.method === 'GET' && /\{(?!tenant)/.test(url));
    for (const { route, url } of readable) {
      const answered = await understood(
        route,
        url,
        named(url, other.tenant.slug, theirs),
        other.people.owner,
      );
      expect(answered.status, `${url} ${answered.text}`).toBe(200);
    }
    before = await digestOf(api.database, other.tenant.id);
    expect(Object.values(before).filter((digest) => !digest.startsWith('0 ')).length).toBeGreaterThan(5);
  });

  const named404 = ofTenants.filter(({ url }) => url.includes('{tenant}'));
  test.each(named404)('gets 404 for $title by slug and by id', async ({ route, url }) => {
    const addresses: ((tenant: Tenant) => string)[] = [
      ({ slug }) => slug,
      ({ id }) => id,
      ({ id }) => id.toUpperCase(),
    ];
    for (const address of addresses) {
      for (const as of [own.people.owner, await keyWith(permissions)]) {
        const values = named(url, address(other.tenant), theirs);
        for (const call of someCalls(route, url, values, 1))
          expect(await send(call, as), call.path).toMatchObject({
            status: 404,
            json: { code: 'tenant.not_found' },
          });
      }
    }
  });

  const ofRecords = ofTenants.filter(({ url }) => /\{(?!tenant)/.test(url));
  test.each(ofRecords)('gets 404 for $title with an id that is not his', async ({ route, url }) => {
    for (const as of [own.people.owner, await keyWith(permissions)]) {
      const values = named(url, own.tenant.slug, theirs);
      const answered = await understood(route, url, values, as);
      expect(answered.status, `${url} ${answered.text}`).toBe(404);
    }
  });

  test('cannot make it the active one, nor a tenant below it', async () => {
    for (const tenant of [other.tenant.slug, other.tenant.id]) {
      const active = await api.call('PUT', '/api/session/tenant', { as: own.people.owner, json: { tenant } });
      expect(active).toMatchObject({ status: 404, json: { code: 'tenant.not_found' } });
      const below = { name: 'Below', parent: tenant };
      const made = await api.call('POST', '/api/tenants', { as: own.people.owner, json: below });
      expect(made).toMatchObject({ status: 404, json: { code: 'tenant.not_found' } });
    }
  });

  test('has changed nothing there by all of this', async () => {
    expect(await digestOf(api.database, other.tenant.id)).toEqual(before);
  });
});
