/**
 * The tables of the schema `auth` as better-auth knows them: its names for models and fields, and ours for tables and
 * columns. The migration 0007 makes them; a test asks better-auth whether it lacks anything.
 */
import type { BetterAuthOptions } from 'better-auth';
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type pg from 'pg';
import type { Database } from '../database/connect.ts';
import { typeParsers } from '../database/type-parsers.ts';

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };

export const userFields = { emailVerified: 'email_verified', ...times };

export const sessionFields = {
  userId: 'user_id',
  expiresAt: 'expires_at',
  ipAddress: 'ip_address',
  userAgent: 'user_agent',
  ...times,
};

export const accountFields = {
  userId: 'user_id',
  accountId: 'account_id',
  providerId: 'provider_id',
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  idToken: 'id_token',
  accessTokenExpiresAt: 'access_token_expires_at',
  refreshTokenExpiresAt: 'refresh_token_expires_at',
  ...times,
};

export const verificationFields = { expiresAt: 'expires_at', ...times };

export const rateLimitTable = { modelName: 'rate_limit', fields: { lastRequest: 'last_request' } };

export const twoFactorSchema = {
  user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
  twoFactor: {
    modelName: 'two_factor',
    fields: {
      backupCodes: 'backup_codes',
      userId: 'user_id',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
};

/** The program's own pool, and no second one. Names are qualified, so that the search path does not matter. */
export function authDatabase(database: Database): NonNullable<BetterAuthOptions['database']> {
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: poolWithDates(database.app) }) });
  return { db, type: 'postgres', schemaName: 'auth', transaction: true };
}

const timestamptz = 1184;

/** better-auth compares times as Dates, and would take our texts for times that never come. */
const parsersWithDates: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === timestamptz && format !== 'binary'
      ? (text: string) => new Date(text)
      : typeParsers.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

function poolWithDates(pool: pg.Pool): PostgresPool {
  return {
    options: {},
    // The pool is the program's: it is ended by whoever opened the database.
    end: async () => {},
    connect: async () => {
      const client = await pool.connect();
      return {
        query: ((text: string, values: unknown[]) =>
          client.query({ text, values, types: parsersWithDates })) as never,
        release: (destroy) => client.release(destroy),
      };
    },
  };
}
