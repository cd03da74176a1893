/**
 * Random calls of every operation that the server describes: valid, nearly valid and hostile. Whatever was sent, the
 * answer is one that the description allows, says nothing that it should not, and the server goes on.
 */
import fc from 'fast-check';
import { newId } from '../../src/platform/ids.ts';
import { createKey } from '../../src/tenants/keys.ts';
import { addMember } from '../../src/tenants/members.ts';
import { createTenant, type Tenant } from '../../src/tenants/tenants.ts';
import type { TestApi } from '../support/http.ts';
import { judgeOf } from './api-answers.ts';
import { type Callers, callersOf } from './api-callers.ts';
import { type Case, casesOf, type Known } from './api-cases.ts';
import { type Client, clientOf } from './api-client.ts';
import type { Operation } from './api-document.ts';

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
}

/** Whom and what the calls are about. */
export interface Surroundings {
  readonly document: unknown;
  readonly known: Known;
  /** Whose data must not come back, and not change. */
  readonly other: Tenant;
  readonly secrets: readonly string[];
  readonly callers: Callers;
  readonly client: Client;
}

const accountsInTurn = 6;

export async function surroundingsOf(api: TestApi, document: unknown): Promise<Surroundings> {
  const own = await createTenant(api.database, { name: 'Own', slug: 'own' });
  const other = await createTenant(api.database, { name: 'Zebedee Undertakings', slug: 'other' });
  const accounts = await Promise.all(Array.from({ length: accountsInTurn }, () => api.newAccount()));
  for (const account of accounts) {
    const named = { ...account, name: 'Somebody' };
    await addMember(api.database, own.id, named, { role: 'owner' }, null);
  }
  const secretEmail = 'zebedee@undertakings.example';
  const theirs = await recordsOf(api, other, 'Zebulon', secretEmail);
  const ours = await recordsOf(api, own, 'Grace', 'grace@example.com');
  return {
    document,
    known: {
      tenants: [own.slug, own.id, own.slug, own.id, other.slug],
      ids: [...ours, ...ours, ...theirs, newId()],
    },
    other,
    secrets: [other.name, secretEmail, 'Zebulon'],
    callers: await callersOf(
      api,
      own,
      accounts.map(({ userId }) => userId),
    ),
    client: clientOf(api.url),
  };
}

/** An import that was checked, one that was committed, a member, and a key that nobody calls with. @returns their ids. */
async function recordsOf(api: TestApi, tenant: Tenant, name: string, email: string): Promise<string[]> {
  const as = await api.newKey(tenant);
  const imports = `/api/tenants/${tenant.slug}/imports`;
  const ids: string[] = [];
  for (const until of ['checked', 'committed', 'mapped']) {
    const body = `First Name,Email\n${name},${email}\n${name},nobody\n`;
    const created = await api.call('POST', `${imports}?until=${until}&name=${name}.csv`, {
      as,
      body,
      type: 'text/csv',
    });
    await api.rested(as, `${imports}/${created.json.id}`);
    ids.push(created.json.id);
  }
  const invited = { email: `invited-${email}`, role: 'viewer', name };
  const member = await api.call('POST', `/api/tenants/${tenant.slug}/members`, { as, json: invited });
  const { key } = await createKey(api.database, tenant.id, { name, permissions: ['audit:read'] }, null);
  return [...ids, member.json.id, key.id];
}

/** @throws with the smallest call that goes wrong, and the seed that finds it again. */
export async function fuzzOperation(
  operation: Operation,
  { document, known, secrets, callers, client }: Surroundings,
  { cases, seed }: FuzzOptions,
): Promise<void> {
  const faultOf = judgeOf(document, operation, secrets);
  const property = fc.asyncProperty(casesOf(operation, known), async (one) => {
    const answer = await client.send(one, await callers.of(operation, one.by));
    const fault = faultOf(answer);
    if (fault !== null)
      throw new Error(`${describe(one)}\n→ ${answer.status} ${fault}\n${answer.text.slice(0, 500)}`);
  });
  const result = await fc.check(property, { numRuns: cases, seed });
  if (!result.failed) return;
  const { errorInstance, counterexamplePath, numShrinks } = result;
  const found = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(`${found}\n(seed ${seed}, path ${counterexamplePath}, made smaller ${numShrinks} times)`);
}

/** A call as a person can read it. */
export function describe({ by, method, path, headers, body }: Case): string {
  const said = Object.entries(headers).map(
    ([name, value]) => `${name}: ${JSON.stringify(value.slice(0, 300))}`,
  );
  const sent = body === null ? '' : JSON.stringify(body.toString('utf8').slice(0, 500));
  return [`${by}: ${method} ${path.slice(0, 500)}`, ...said, sent].filter((line) => line !== '').join('\n');
}
