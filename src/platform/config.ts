/** Everything that can be set. Settings come from the environment; the bounds among them are listed in limits.ts. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { type Limits, limitsSchema } from './limits.ts';

/** The folder that holds package.json: where the program is installed. */
export const installationFolder = fileURLToPath(new URL('../..', import.meta.url));

const webAddress = { protocol: /^https?$/, error: 'begins with http:// or https://' };
const port = 'takes a number from 0 to 65535';

const settingsSchema = z.object({
  CLIENTELE_DATA: z
    .string()
    .min(1)
    .optional()
    .describe('Where the private database, the files and the secret live.'),
  DATABASE_URL: z
    .string()
    .regex(/^(postgres(ql)?|socket):|^\//, 'begins with postgres://')
    .optional()
    .describe('A PostgreSQL server of your own, 16 or newer, instead of the private one.'),
  CLIENTELE_POSTGRES_BIN: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The bin folder of an installed PostgreSQL that the private database runs, instead of the one it brings.',
    ),
  CLIENTELE_SECRET: z
    .string()
    .min(16, 'needs 16 characters or more')
    .optional()
    .describe(
      'Passwords of the database logins derive from it; without one, a file in the data folder keeps one.',
    ),
  CLIENTELE_S3_BUCKET: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Keeps files in this bucket instead of the data folder. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are its keys.',
    ),
  CLIENTELE_S3_ENDPOINT: z
    .url(webAddress)
    .optional()
    .describe("An S3 service other than Amazon's; its buckets are then addressed by path."),
  CLIENTELE_S3_REGION: z.string().min(1).default('us-east-1').describe('Its region.'),
  CLIENTELE_S3_PREFIX: z
    .string()
    .default('')
    .describe('What the keys of all files begin with, such as `clientele/`.'),
  CLIENTELE_HOST: z.string().min(1).default('127.0.0.1').describe('Where the server listens.'),
  CLIENTELE_PORT: z.coerce
    .number(port)
    .int(port)
    .min(0, port)
    .max(65_535, port)
    .default(3000)
    .describe('On which port; 0 takes a free one.'),
  CLIENTELE_URL: z
    .url(webAddress)
    .optional()
    .describe(
      'Where people reach it, when that is another address: behind a proxy, by a name. Links in mails begin with it.',
    ),
  CLIENTELE_ORIGINS: z
    .string()
    .optional()
    .describe('Other sites whose pages may call the API from a browser, separated by commas.'),
  CLIENTELE_TRUST_PROXY: z
    .string()
    .regex(/^(true|false|[1-9])$/, 'is true, false, or a number of proxies up to 9')
    .default('false')
    .describe(
      "`true` when a proxy in front adds the caller's address to X-Forwarded-For; their number when several do, one behind the other.",
    ),
  CLIENTELE_METRICS_TOKEN: z
    .string()
    .min(16, 'needs 16 characters or more')
    .optional()
    .describe('Asked for by /metrics as a bearer token; without one, /metrics answers this machine only.'),
  CLIENTELE_SIGN_UP: z
    .enum(['open', 'closed'])
    .default('closed')
    .describe(
      '`open`: anybody may make an account. Otherwise people come by invitation, by the set-up link or through OIDC.',
    ),
  CLIENTELE_OIDC_ISSUER: z
    .url(webAddress)
    .optional()
    .describe('Sign-in through an OpenID Connect provider; the first three go together.'),
  CLIENTELE_OIDC_CLIENT_ID: z.string().min(1).optional().describe('What the provider calls us.'),
  CLIENTELE_OIDC_CLIENT_SECRET: z.string().min(1).optional().describe('The secret that the provider gave.'),
  CLIENTELE_OIDC_NAME: z.string().min(1).max(100).default('OpenID Connect').describe('What the button says.'),
  CLIENTELE_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'begins with smtp:// or smtps://' })
    .optional()
    .describe(
      'The mail server: smtps://user:password@host:465, or smtp:// for one that changes to TLS itself.',
    ),
  CLIENTELE_MAIL_FROM: z
    .string()
    .min(3)
    .max(320)
    .regex(/^[^\p{Cc}]*$/u, 'is one line')
    .optional()
    .describe('Who mails come from: `Clientele <no-reply@example.com>`. Needed with CLIENTELE_SMTP_URL.'),
  CLIENTELE_PRIVATE_ADDRESSES: z
    .enum(['allowed', 'refused'])
    .default('refused')
    .describe(
      '`allowed`: schedules may deliver to addresses within private networks and on this machine, and without TLS.',
    ),
  CLIENTELE_LOG: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('warn')
    .describe('From which level on the log has lines.'),
});

/** A bucket that keeps the files. */
export interface S3Config {
  readonly bucket: string;
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly prefix: string;
}

/** An OpenID Connect provider that people may sign in with. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
}

/** A mail server, and who its mails come from. */
export interface SmtpConfig {
  readonly url: string;
  readonly from: string;
}

export interface Config {
  /** Absolute. */
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  /** The bin folder of an installed PostgreSQL for the private database; undefined: the package's. */
  readonly postgresBin: string | undefined;
  readonly secret: string | undefined;
  /** Undefined: files lie in the data folder. */
  readonly s3: S3Config | undefined;
  readonly logLevel: z.infer<typeof settingsSchema>['CLIENTELE_LOG'];
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end; undefined means where the server listens. */
  readonly url: string | undefined;
  readonly origins: readonly string[];
  /** How many proxies stand in front, each of which adds an address to X-Forwarded-For. */
  readonly proxies: number;
  readonly metricsToken: string | undefined;
  readonly signUp: 'open' | 'closed';
  /** Undefined: people sign in by e-mail and password only. */
  readonly oidc: OidcConfig | undefined;
  /** Undefined: mails are written to the outbox in the data folder. */
  readonly smtp: SmtpConfig | undefined;
  /** Whether what a tenant says may lead to addresses within private networks, and be reached without TLS. */
  readonly privateAddresses: boolean;
  readonly limits: Limits;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param environment an empty variable counts as one that is not set.
 * @throws AppError configuration.invalid, naming the variables that are wrong.
 */
export function readConfig(environment: Environment): Config {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const settings = settingsSchema.safeParse(set);
  const limits = limitsSchema.safeParse(
    Object.fromEntries(Object.keys(limitsSchema.shape).map((name) => [name, set[variableOf(name)]])),
  );
  if (!settings.success || !limits.success) {
    throw wrong(complaints([...issuesOf(settings), ...issuesOf(limits)]));
  }
  const { CLIENTELE_DATA, DATABASE_URL, CLIENTELE_SECRET, CLIENTELE_LOG } = settings.data;
  return Object.freeze({
    dataFolder: CLIENTELE_DATA === undefined ? resolve(installationFolder, 'data') : resolve(CLIENTELE_DATA),
    databaseUrl: DATABASE_URL,
    postgresBin: settings.data.CLIENTELE_POSTGRES_BIN,
    secret: CLIENTELE_SECRET,
    s3: s3ConfigOf(settings.data),
    logLevel: CLIENTELE_LOG,
    host: settings.data.CLIENTELE_HOST,
    port: settings.data.CLIENTELE_PORT,
    url: settings.data.CLIENTELE_URL?.replace(/\/+$/, ''),
    origins: listOf(settings.data.CLIENTELE_ORIGINS),
    proxies: proxiesOf(settings.data.CLIENTELE_TRUST_PROXY),
    metricsToken: settings.data.CLIENTELE_METRICS_TOKEN,
    signUp: settings.data.CLIENTELE_SIGN_UP,
    oidc: oidcOf(settings.data),
    smtp: smtpOf(settings.data),
    privateAddresses: settings.data.CLIENTELE_PRIVATE_ADDRESSES === 'allowed',
    limits: Object.freeze(limits.data),
  });
}

function oidcOf(settings: z.infer<typeof settingsSchema>): OidcConfig | undefined {
  const {
    CLIENTELE_OIDC_ISSUER: issuer,
    CLIENTELE_OIDC_CLIENT_ID: clientId,
    CLIENTELE_OIDC_CLIENT_SECRET: clientSecret,
    CLIENTELE_OIDC_NAME: name,
  } = settings;
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw wrong(
      'CLIENTELE_OIDC_ISSUER, CLIENTELE_OIDC_CLIENT_ID and CLIENTELE_OIDC_CLIENT_SECRET are set together.',
    );
  }
  return { issuer: issuer.replace(/\/+$/, ''), clientId, clientSecret, name };
}

function smtpOf({
  CLIENTELE_SMTP_URL: url,
  CLIENTELE_MAIL_FROM: from,
}: z.infer<typeof settingsSchema>): SmtpConfig | undefined {
  if (url === undefined) return undefined;
  if (from === undefined) throw wrong('CLIENTELE_SMTP_URL needs CLIENTELE_MAIL_FROM.');
  return { url, from };
}

function proxiesOf(text: string): number {
  if (text === 'false') return 0;
  return text === 'true' ? 1 : Number(text);
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function s3ConfigOf(settings: z.infer<typeof settingsSchema>): S3Config | undefined {
  const { CLIENTELE_S3_BUCKET: bucket, CLIENTELE_S3_ENDPOINT: endpoint } = settings;
  if (bucket === undefined) return undefined;
  const { CLIENTELE_S3_REGION: region, CLIENTELE_S3_PREFIX: prefix } = settings;
  return Object.freeze({ bucket, endpoint, region, prefix });
}

let current: Config | undefined;

/** The configuration of this process, read from its environment when it is first asked for. */
export function configuration(): Config {
  current ??= readConfig(process.env);
  return current;
}

/** `cellBytesMax` → `CLIENTELE_CELL_BYTES_MAX` */
export function variableOf(limitName: string): string {
  return `CLIENTELE_${limitName.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** A variable of the environment, for the reference. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** What holds when it is not set; empty when nothing does. */
  readonly preset: string;
}

/** @returns the settings and the limits, in the order in which they stand above. */
export function variables(): {
  readonly settings: readonly Variable[];
  readonly limits: readonly Variable[];
} {
  const of = (shape: Readonly<Record<string, z.ZodType>>, nameOf: (name: string) => string): Variable[] =>
    Object.entries(shape).map(([name, schema]) => ({
      name: nameOf(name),
      meaning: schema.description ?? '',
      preset: String(schema.safeParse(undefined).data ?? ''),
    }));
  return {
    settings: of(settingsSchema.shape, (name) => name),
    limits: of(limitsSchema.shape, variableOf),
  };
}

interface Issue {
  readonly name: string;
  readonly message: string;
}

function issuesOf(result: z.ZodSafeParseResult<unknown>): Issue[] {
  if (result.success) return [];
  return result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return { name: name in limitsSchema.shape ? variableOf(name) : name, message: issue.message };
  });
}

function complaints(issues: readonly Issue[]): string {
  return `${issues.map(({ name, message }) => `${name} ${message}`).join('; ')}.`;
}

function wrong(complaint: string): AppError {
  return new AppError(
    'configuration.invalid',
    `The configuration is wrong: ${complaint} docs/reference/configuration.md lists the settings.`,
  );
}

/** @returns variables that look like settings of ours and are none, such as a misspelt one; those of tests are. */
export function unknownVariables(environment: Environment): string[] {
  const known = new Set([...Object.values(variables()).flat()].map(({ name }) => name));
  return Object.keys(environment).filter((name) => /^CLIENTELE_(?!TEST_)/.test(name) && !known.has(name));
}
