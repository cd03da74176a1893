/** Users made and found by the program itself: for the set-up link, for invitations, on the command line. */
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import type { Database } from '../database/connect.ts';
import { codeOf } from '../database/failures.ts';
import type { TenantTransaction } from '../database/with-tenant.ts';
import { now } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { passwordLength } from './password-length.ts';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** True when something has shown that the address is his, such as a link in a mail; without it he cannot sign in yet. */
  readonly emailVerified?: boolean;
}

export interface User {
  readonly userId: string;
  /** In small letters. */
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
}

export const userSchema = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}]*$/u, 'A name has no line breaks or control characters'),
  email: z.email().max(254).toLowerCase(),
  password: z.string().min(passwordLength.min).max(passwordLength.max),
});

/**
 * @throws AppError `account.invalid` for an e-mail address, a name or a password out of bounds; `account.exists` when the
 *   address has an account.
 */
export async function createUser(
  connection: Pick<TenantTransaction, 'query'>,
  wanted: NewUser,
): Promise<{ userId: string }> {
  const { email, name, password } = checked(wanted);
  const userId = newId();
  try {
    // Both or none, in one statement.
    await connection.query(
      `with made as (
         insert into auth."user" (id, email, name, email_verified, two_factor_enabled, created_at, updated_at)
         values ($1, $2, $3, $4, false, $5, $5) returning id
       )
       insert into auth.account (id, user_id, account_id, provider_id, password, created_at, updated_at)
       select $6, id, id::text, 'credential', $7, $5, $5 from made`,
      [userId, email, name, wanted.emailVerified ?? false, now(), newId(), await hashPassword(password)],
    );
  } catch (error) {
    if (codeOf(error) !== '23505') throw error;
    throw new AppError('account.exists', 'There is an account with this e-mail address already.');
  }
  return { userId };
}

function checked(wanted: NewUser): z.infer<typeof userSchema> {
  const result = userSchema.safeParse(wanted);
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, code, message }) => ({
    pointer: `/${path.join('/')}`,
    code,
    message,
  }));
  const [first] = errors;
  throw new AppError('account.invalid', `${first?.pointer.slice(1)}: ${first?.message}.`, { errors });
}

export async function userByEmail(database: Database, email: string): Promise<User | null> {
  const { rows } = await database.app.query<User>(
    `select id as "userId", email, name, email_verified as "emailVerified" from auth."user" where email = $1`,
    [email.toLowerCase()],
  );
  return rows[0] ?? null;
}

/** A password that was chosen ends what was promised before: other links to choose one, and devices that are trusted. */
export async function endPromises(database: Database, userId: string): Promise<void> {
  await database.app.query('delete from auth.verification where value = $1', [userId]);
}

/** Whoever followed a link in a mail has shown that the address is his. */
export async function confirmEmail(database: Database, userId: string): Promise<void> {
  await database.app.query(
    `update auth."user" set email_verified = true, updated_at = $2 where id = $1 and not email_verified`,
    [userId, now()],
  );
}
