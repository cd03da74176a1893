/** Links to the files, one mail a member, and links of his own for each. */
import { withTenant } from '../../database/with-tenant.ts';
import { dataset } from '../../datasets/registry.ts';
import { scheduledExportLetter } from '../../mail/letters/scheduled-export.ts';
import type { Message } from '../../mail/mail.ts';
import { AppError } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import type { Member } from '../../tenants/members.ts';
import type { Carrier, Delivery } from './carrier.ts';
import type { Destination } from './destination.ts';
import { type LinkedFile, linkedFiles } from './linked-files.ts';
import type { Parcel } from './parcel.ts';
import { recipientsAt } from './recipients.ts';

/** @throws AppError `delivery.failed` when nobody is left who may get it; `mail.failed`. */
export async function mailParcel(
  carrier: Carrier,
  { parcel, destination, arrived, arrive }: Delivery<Destination & { readonly kind: 'mail' }>,
  signal: AbortSignal,
): Promise<void> {
  const { tenant, schedule } = parcel;
  const { to, link_hours: linkHours } = destination;
  const members = await withTenant(carrier.database, tenant.id, (tx) => recipientsAt(tx, tenant, to, parcel));
  if (members.length < to.length)
    log().warn(
      { schedule: schedule.id },
      'a mail of a schedule leaves out who may not take its file any more',
    );
  if (members.length === 0)
    throw new AppError(
      'delivery.failed',
      'None of those who are to get the mail is a member who may take out such a file.',
    );
  for (const member of members) {
    signal.throwIfAborted();
    if (arrived.has(member.id)) continue;
    const linked = await linkedFiles(carrier, parcel, linkHours);
    await carrier.mail.send({ to: member.email, ...letterOf(parcel, member, linked) });
    await arrive(member.id);
  }
}

function letterOf(
  { schedule, tenant, dataset: key, contents }: Parcel,
  { name }: Member,
  linked: readonly LinkedFile[],
): Omit<Message, 'to'> {
  const { label } = dataset(key);
  const labels = {
    records: contents === 'all' ? label : `${label} that changed`,
    gone: `${label} that are gone`,
  };
  const counts = linked.map(({ file }) => `${labels[file.role]}: ${file.records.toLocaleString('en')}.`);
  const until = (linked[0]?.expiresAt ?? '').slice(0, 16).replace('T', ' ');
  return scheduledExportLetter({
    name: name ?? '',
    schedule: schedule.name,
    tenant: tenant.name,
    says: counts.join(' '),
    until: `${until} UTC`,
    links: linked.map(({ file, address }) => ({ label: file.fileName, address })),
  });
}
