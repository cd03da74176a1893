/** What happened to an account, told as it happens: the program writes it to the audit trail of the user's tenants. */
import type { BetterAuthPlugin, Session, User } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';

export type SignInWay = 'password' | 'two_factor' | 'backup_code' | 'oidc';

/** Each is awaited before the caller gets an answer; when one fails, so does the call. */
export interface AccountEvents {
  signedIn(userId: string, how: SignInWay): Promise<void>;
  /** By the user: signed out, or a session revoked. Once for each session that ended. */
  signedOut(userId: string): Promise<void>;
  passwordChanged(userId: string): Promise<void>;
  twoFactorChanged(userId: string, enabled: boolean): Promise<void>;
}

/** For whoever has no trail to write to. */
export const noEvents: AccountEvents = {
  signedIn: async () => {},
  signedOut: async () => {},
  passwordChanged: async () => {},
  twoFactorChanged: async () => {},
};

/** After which call a new session means that somebody signed in, and how. */
const ways: ReadonlyMap<string, SignInWay> = new Map([
  ['/sign-in/email', 'password'],
  ['/two-factor/verify-totp', 'two_factor'],
  ['/two-factor/verify-backup-code', 'backup_code'],
  ['/callback/:id', 'oidc'],
]);

const endingCalls: ReadonlySet<string> = new Set([
  '/sign-out',
  '/revoke-session',
  '/revoke-sessions',
  '/revoke-other-sessions',
]);

/** What better-auth hands to a hook, as far as it matters here. */
interface Happened {
  readonly path?: string | undefined;
  readonly context: {
    readonly returned?: unknown;
    readonly newSession?: { readonly session: Session; readonly user: User } | null | undefined;
    readonly session?: { readonly session: Session; readonly user: User } | null | undefined;
  };
}

/** Stands behind the two-factor plugin, which takes a session back as long as the second factor is missing. */
export function tellEvents(events: AccountEvents): BetterAuthPlugin {
  return {
    id: 'clientele-events',
    init: () => ({
      options: {
        databaseHooks: {
          session: {
            delete: {
              after: async (session, context) => {
                if (endingCalls.has(context?.path ?? '')) await events.signedOut(session.userId);
              },
            },
          },
        },
      },
    }),
    hooks: {
      after: [
        {
          matcher: () => true,
          handler: createAuthMiddleware(async (context) => {
            await tell(events, context as unknown as Happened);
          }),
        },
      ],
    },
  };
}

async function tell(events: AccountEvents, { path = '', context }: Happened): Promise<void> {
  const { returned, newSession, session: before } = context;
  // A redirect is thrown, as an error whose status is no failure.
  if (returned instanceof Error && newSession == null) return;
  const userId = newSession?.user.id ?? before?.user.id;
  if (userId === undefined) return;
  if (path === '/change-password') return events.passwordChanged(userId);
  if (path === '/two-factor/disable') return events.twoFactorChanged(userId, false);
  if (newSession == null) return;
  if (before != null && path === '/two-factor/verify-totp') return events.twoFactorChanged(userId, true);
  const how = ways.get(path);
  if (how !== undefined && before == null) await events.signedIn(userId, how);
}
