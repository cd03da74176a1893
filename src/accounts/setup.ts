/**
 * The link of the first start: as long as there is no user, whoever reads the terminal may become the first. It works
 * once, for a day, and a new start replaces it.
 */
import type { Database } from '../database/connect.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { hashOfToken, newToken } from '../platform/tokens.ts';

const hoursValid = 24;

/** @returns the token for the link, or null when there is a user already. Tokens that were issued before are dead. */
export async function issueSetupToken(database: Database): Promise<string | null> {
  const token = newToken('');
  const expiresAt = new Date(Date.now() + hoursValid * 3600_000).toISOString();
  const { rowCount } = await database.app.query(
    `with replaced as (delete from auth.setup_tokens where used_at is null)
     insert into auth.setup_tokens (hash, expires_at) select $1, $2 where not exists (select from auth."user")`,
    [hashOfToken(token), expiresAt],
  );
  return rowCount === 1 ? token : null;
}

/**
 * Uses a token up, and with it whatever other token two starts at once may have left. Of several callers at once, one
 * is told true. In a transaction, the token stays good where that comes to nothing.
 *
 * @returns whether the token was good: issued last, not used, not too old, and still no user there.
 */
export async function useSetupToken(
  connection: Pick<TenantTransaction, 'query'>,
  token: string,
): Promise<boolean> {
  const { rowCount } = await connection.query(
    `update auth.setup_tokens set used_at = $2
     where used_at is null and not exists (select from auth."user")
       and exists (select from auth.setup_tokens where hash = $1 and used_at is null and expires_at > $2)`,
    [hashOfToken(token), now()],
  );
  return rowCount !== 0;
}
