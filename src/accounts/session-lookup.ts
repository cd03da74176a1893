/**
 * Whose session a request belongs to: a signature checked and one indexed look-up, on every request, so that a session
 * that was revoked a moment ago is over.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/connect.ts';
import { now } from '../platform/clock.ts';

export interface AccountSession {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly sessionId: string;
  /** The tenant that the short form of an address means. */
  readonly activeTenantId: string | null;
  /** A browser sends a cookie along by itself, and a bearer token never. */
  readonly by: 'cookie' | 'bearer';
}

export interface SessionLookup {
  readonly secret: string;
  readonly cookie: string;
}

/** A bearer token counts before a cookie. It does not prolong the session. */
export async function findSession(
  database: Database,
  { secret, cookie }: SessionLookup,
  headers: Headers,
): Promise<AccountSession | null> {
  const bearer = bearerIn(headers);
  const signed = bearer ?? cookieIn(headers, cookie);
  const token = signed === undefined ? undefined : tokenIn(signed, secret);
  if (token === undefined) return null;
  const { rows } = await database.app.query<Omit<AccountSession, 'by'>>({
    // By name, so that the server plans it once a connection: every request asks it.
    name: 'session of a token',
    text: `select u.id as "userId", u.email, u.name, u.email_verified as "emailVerified", s.id as "sessionId",
             s.active_tenant_id as "activeTenantId"
           from auth.session s join auth."user" u on u.id = s.user_id where s.token = $1 and s.expires_at > $2`,
    values: [token, now()],
  });
  return rows[0] === undefined ? null : { ...rows[0], by: bearer === undefined ? 'cookie' : 'bearer' };
}

function bearerIn(headers: Headers): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];
}

function cookieIn(headers: Headers, name: string): string | undefined {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** `<token>.<HMAC-SHA-256 of it in base64>`, with its signs written as in an address or plainly. */
function tokenIn(signed: string, secret: string): string | undefined {
  const plain = decoded(signed);
  const point = plain.lastIndexOf('.');
  if (point < 1) return undefined;
  const token = plain.slice(0, point);
  const expected = createHmac('sha256', secret).update(token).digest();
  const given = Buffer.from(plain.slice(point + 1), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Only the program does this, for a tenant that the user reaches. */
export async function setActiveTenant(
  database: Database,
  sessionId: string,
  tenantId: string,
): Promise<void> {
  await database.app.query('update auth.session set active_tenant_id = $2 where id = $1', [
    sessionId,
    tenantId,
  ]);
}
