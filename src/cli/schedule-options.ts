/** Where the files of a schedule go, as the command line says it. */
import { type NewDestination, newDestinationSchema } from '../export/deliver/destination.ts';
import { usageError } from './command.ts';
import { listed } from './export-options.ts';

export const destinationOptions = {
  to: { type: 'string' },
  'keep-days': { type: 'string' },
  bucket: { type: 'string' },
  prefix: { type: 'string' },
  endpoint: { type: 'string' },
  region: { type: 'string' },
  url: { type: 'string' },
  recipients: { type: 'string' },
  'link-hours': { type: 'string' },
} as const;

type Said = { readonly [Name in keyof typeof destinationOptions]?: string | undefined };

/** Which options go with which kind, and what the destination calls them. */
const belonging: Readonly<Record<string, Readonly<Partial<Record<keyof Said, string>>>>> = {
  file: { 'keep-days': 'keep_days' },
  s3: { bucket: 'bucket', prefix: 'prefix', endpoint: 'endpoint', region: 'region' },
  webhook: { url: 'url', 'link-hours': 'link_hours' },
  mail: { recipients: 'to', 'link-hours': 'link_hours' },
};

/**
 * @param environment has the keys of a bucket: an option would be seen by whoever lists processes.
 * @throws AppError `usage.invalid`
 */
export function readDestination(
  { to: kind = 'file', ...said }: Said,
  environment: Readonly<Record<string, string | undefined>>,
): NewDestination {
  const names = Object.hasOwn(belonging, kind) ? belonging[kind] : undefined;
  if (names === undefined) throw usageError(`--to is file, s3, webhook or mail, and not "${kind}"`);
  const stray = Object.entries(said).find(([option, value]) => value !== undefined && !(option in names));
  if (stray !== undefined) throw usageError(`--${stray[0]} does not go with --to ${kind}`);
  const given = Object.entries(names).flatMap(([option, name]) => {
    const value = said[option as keyof typeof said];
    return value === undefined ? [] : [[name, readValue(option, value)]];
  });
  const read = newDestinationSchema.safeParse({
    kind,
    ...(kind === 's3' ? keysIn(environment) : {}),
    ...Object.fromEntries(given),
  });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const option = Object.entries(names).find(([, name]) => name === issue?.path[0])?.[0];
  throw usageError(
    `${option === undefined ? `--to ${kind}` : `--${option}`}: ${issue?.message ?? 'is missing'}`,
  );
}

function readValue(option: string, text: string): unknown {
  if (option === 'recipients') return listed(text);
  return ['keep-days', 'link-hours'].includes(option) ? Number(text) : text;
}

function keysIn({
  AWS_ACCESS_KEY_ID: id,
  AWS_SECRET_ACCESS_KEY: secret,
}: Readonly<Record<string, string | undefined>>): Record<string, string> {
  if (id === undefined || secret === undefined)
    throw usageError(
      'The keys of the bucket are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: set both',
    );
  return { access_key_id: id, secret_access_key: secret };
}
