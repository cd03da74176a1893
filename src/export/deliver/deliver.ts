/**
 * Files on their way to where a schedule wants them. Every way may be gone twice: a run that was killed between handing
 * over and saying so does it again, under the same name.
 */
import { type Bucket, putIntoBucket } from './bucket.ts';
import type { Carrier, Delivery } from './carrier.ts';
import { type Destination, openedSecret } from './destination.ts';
import { linkedFiles } from './linked-files.ts';
import { mailParcel } from './mail-parcel.ts';
import { callWebhook } from './webhook.ts';

type To<Kind> = Destination & { readonly kind: Kind };

/**
 * @throws AppError `delivery.failed`, `delivery.address`, `mail.failed`, `file.not_found`, `file.store_unreachable`,
 *   `schedule.invalid`; the signal's reason.
 */
export async function deliver(carrier: Carrier, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { destination } = delivery;
  if (destination.kind === 's3') await intoBucket(carrier, { ...delivery, destination }, signal);
  if (destination.kind === 'webhook') await toWebhook(carrier, { ...delivery, destination }, signal);
  if (destination.kind === 'mail') await mailParcel(carrier, { ...delivery, destination }, signal);
  // The file store has them already.
}

async function intoBucket(
  { files }: Carrier,
  { parcel, destination, secret, arrived, arrive }: Delivery<To<'s3'>>,
  signal: AbortSignal,
): Promise<void> {
  const bucket: Bucket = {
    bucket: destination.bucket,
    region: destination.region,
    endpoint: destination.endpoint ?? null,
    accessKeyId: destination.access_key_id,
    secretAccessKey: await openedSecret(secret, parcel.schedule.id),
  };
  for (const { fileKey, place } of parcel.files) {
    if (arrived.has(place)) continue;
    const source = await files.read(fileKey);
    await putIntoBucket(bucket, { key: `${destination.prefix}${place}`, source }, signal);
    await arrive(place);
  }
}

async function toWebhook(
  carrier: Carrier,
  { parcel, destination, secret }: Delivery<To<'webhook'>>,
  signal: AbortSignal,
): Promise<void> {
  const opened = await openedSecret(secret, parcel.schedule.id);
  const linked = await linkedFiles(carrier, parcel, destination.link_hours);
  const { id, schedule, dueAt, createdAt, dataset, contents, files } = parcel;
  const body = {
    type: 'export.ready',
    timestamp: createdAt,
    data: {
      schedule,
      run: id,
      due_at: dueAt,
      dataset,
      contents,
      fields_left_out: files[0]?.leftOut ?? [],
      files: linked.map(({ file, address, expiresAt }) => ({
        role: file.role,
        name: file.fileName,
        media_type: file.mediaType,
        records: file.records,
        bytes: file.bytes,
        sha256: file.sha256,
        url: address,
        expires_at: expiresAt,
      })),
    },
  };
  await callWebhook({ url: destination.url, secret: opened, id, body }, signal);
}
