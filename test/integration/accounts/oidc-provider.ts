/** A real OpenID Connect provider on a port of this machine, and a person who signs in there. */
import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Configuration, Provider } from 'oidc-provider';
import type { OidcConfig } from '../../../src/platform/config.ts';
import { baseUrl, keepCookies } from './account-support.ts';

export interface Person {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name?: string;
}

export interface RunningProvider {
  readonly config: OidcConfig;
  /** Who there is, by the name they sign in with at the provider. */
  readonly people: Map<string, Person>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startProvider(): Promise<RunningProvider> {
  const people = new Map<string, Person>();
  const first = await listening(createServer(), 0);
  const { port } = first.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const config = {
    issuer,
    clientId: 'clientele',
    clientSecret: 'a secret of the client',
    name: 'Example ID',
  };
  const provider = new Provider(issuer, configurationFor(config, people));
  first.on('request', provider.callback());
  let server: Server | undefined = first;
  return {
    config,
    people,
    stop: async () => {
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
      server = undefined;
    },
    start: async () => {
      server = await listening(createServer(provider.callback()), port);
    },
  };
}

function listening(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function configurationFor(
  { clientId, clientSecret }: OidcConfig,
  people: ReadonlyMap<string, Person>,
): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${baseUrl}/api/auth/callback/oidc`],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['only for the tests'] },
    jwks: {
      keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })],
    },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, ...people.get(sub) }),
    }),
  };
}

/**
 * Goes where the browser is sent, signs in and agrees.
 *
 * @returns where the provider sends the browser in the end.
 */
export async function signInAt(authorization: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let place = authorization;
  for (let step = 0; step < 12; step += 1) {
    if (place.startsWith(`${baseUrl}/`)) return place;
    const response = await visit(place, cookies);
    const next = response.headers.get('location');
    if (next !== null) {
      await response.text();
      place = new URL(next, place).href;
    } else {
      const page = await response.text();
      const [, action = ''] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
      const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page) ?? [];
      const answer = await visit(
        new URL(action, place).href,
        cookies,
        new URLSearchParams({ prompt, login, password: 'any' }),
      );
      await answer.text();
      place = new URL(answer.headers.get('location') ?? '', place).href;
    }
  }
  throw new Error(`The provider leads nowhere: ${place}`);
}

async function visit(place: string, cookies: Map<string, string>, form?: URLSearchParams): Promise<Response> {
  const response = await fetch(place, {
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  keepCookies(cookies, response.headers);
  return response;
}
