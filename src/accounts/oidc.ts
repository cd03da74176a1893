/**
 * Sign-in through an OpenID Connect provider, found by its discovery document (OpenID Connect Discovery 1.0). ID tokens
 * are verified with the provider's keys; the e-mail address must be verified there.
 */
import type { BetterAuthPlugin } from 'better-auth';
import { genericOAuth } from 'better-auth/plugins';
import type { OidcConfig } from '../platform/config.ts';
import { AppError } from '../platform/errors.ts';

/** As what the provider stands in addresses and in auth.account. */
export const oidcProvider = 'oidc';

const discoveryTimeoutMs = 5000;

export function oidcPlugin(oidc: OidcConfig): BetterAuthPlugin {
  return genericOAuth({
    config: [
      {
        providerId: oidcProvider,
        name: oidc.name,
        discoveryUrl: discoveryUrl(oidc),
        requireIdTokenVerification: true,
        clientId: oidc.clientId,
        clientSecret: oidc.clientSecret,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        mapProfileToUser: ({ name, preferred_username: userName, email }) => ({
          name: [name, userName, email].find(isName) ?? '',
        }),
      },
    ],
  });
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function discoveryUrl({ issuer }: OidcConfig): string {
  return `${issuer}/.well-known/openid-configuration`;
}

/** @throws AppError `account.provider` unless the provider answers with its discovery document. */
export async function assertAnswering(oidc: OidcConfig): Promise<void> {
  const signal = AbortSignal.timeout(discoveryTimeoutMs);
  const found = await fetch(discoveryUrl(oidc), { signal })
    .then(async (response) => response.ok && typeof (await response.json()) === 'object')
    .catch(() => false);
  if (!found) throw unanswered();
}

export function unanswered(): AppError {
  return new AppError('account.provider', 'The sign-in provider does not answer. Try again later.');
}
