/**
 * Where the files of a schedule go. What may be seen of it stands in the schedule as it is; what is secret is sealed
 * beside it, and nobody is shown it again.
 */
import { z } from 'zod';
import { sealed, unsealed } from '../../database/sealed.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import { checkedAddress } from './address.ts';
import { newWebhookSecret } from './webhook.ts';

const hours = z
  .int()
  .min(1)
  .default(72)
  .describe('How long the links in it are good for; bounded by the configuration');

/** Letters, digits and a few signs, so that a key is the same in every service and every tool. */
const prefix = z
  .string()
  .max(500)
  .regex(
    /^([\w!.*'() -]+(\/[\w!.*'() -]+)*\/?)?$/,
    "is made of letters, digits, spaces, / and ! - _ . * ' ( )",
  )
  .refine((text) => !text.split('/').includes('..'), 'has no ".." in it')
  .default('');

const place = {
  file: z.strictObject({
    kind: z.literal('file'),
    keep_days: z.int().min(1).max(3650).optional().describe('As long as the tenant keeps files unless said'),
  }),
  s3: z.strictObject({
    kind: z.literal('s3'),
    bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no name of a bucket'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'is no region')
      .default('us-east-1'),
    endpoint: z.string().max(500).optional().describe('Of a service other than Amazon’s'),
    prefix: prefix.describe('What the keys of all files begin with'),
    access_key_id: z.string().min(1).max(200),
  }),
  webhook: z.strictObject({ kind: z.literal('webhook'), url: z.string().max(2000), link_hours: hours }),
  mail: z.strictObject({
    kind: z.literal('mail'),
    to: z
      .array(z.email().max(320))
      .min(1)
      .max(20)
      .describe('Members of the tenant, by their e-mail addresses'),
    link_hours: hours,
  }),
};

/** As it stands in a schedule. */
export const destinationSchema = z.discriminatedUnion('kind', [
  place.file,
  place.s3,
  place.webhook,
  place.mail,
]);
export type Destination = z.output<typeof destinationSchema>;

/** As somebody gives it. */
export const newDestinationSchema = z.discriminatedUnion('kind', [
  place.file,
  place.s3.extend({ secret_access_key: z.string().min(1).max(200) }),
  place.webhook,
  place.mail,
]);
export type NewDestination = z.output<typeof newDestinationSchema>;

/** @throws AppError `delivery.address`, `schedule.invalid` */
export function assertDeliverable(destination: NewDestination | Destination): void {
  if (destination.kind === 'webhook') checkedAddress(destination.url, 'The address of the webhook');
  if (destination.kind === 's3' && destination.endpoint !== undefined)
    checkedAddress(destination.endpoint, 'The address of the S3 service');
  const { linkHoursMax } = configuration().limits;
  if ('link_hours' in destination && destination.link_hours > linkHoursMax)
    throw new AppError('schedule.invalid', `A link is good for ${linkHoursMax} hours at most.`);
}

export interface Kept {
  readonly destination: Destination;
  /** Sealed; null where nothing is secret. */
  readonly secret: string | null;
  /** What the tenant is shown once. */
  readonly shown: string | null;
}

const purpose = 'secrets of schedules';

/** @param owner the schedule's id: in another one the secret does not open. */
export async function keptDestination(given: NewDestination, owner: string): Promise<Kept> {
  assertDeliverable(given);
  if (given.kind === 's3') {
    const { secret_access_key: secret, ...destination } = given;
    return { destination, secret: await sealed(secret, { purpose, owner }), shown: null };
  }
  if (given.kind === 'webhook') return { destination: given, ...(await newSealedSecret(owner)) };
  return { destination: given, secret: null, shown: null };
}

async function newSealedSecret(owner: string): Promise<Pick<Kept, 'secret' | 'shown'>> {
  const shown = newWebhookSecret();
  return { secret: await sealed(shown, { purpose, owner }), shown };
}

/** @throws AppError `schedule.invalid` when the installation's secret is another one by now. */
export async function openedSecret(secret: string | null, owner: string): Promise<string> {
  const opened = secret === null ? undefined : await unsealed(secret, { purpose, owner });
  if (typeof opened === 'string') return opened;
  throw new AppError(
    'schedule.invalid',
    'The secret of the destination cannot be opened any more: give the destination anew.',
  );
}
