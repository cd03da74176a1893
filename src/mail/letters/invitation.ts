import { named, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/**
 * To somebody who shall become a member.
 *
 * @param values.inviter the name of the member who invites.
 * @param values.tenant the name of the tenant.
 */
export function invitationLetter(values: {
  inviter: string;
  tenant: string;
  link: string;
}): Omit<Message, 'to'> {
  const inviter = named(values.inviter) || 'Somebody';
  const tenant = named(values.tenant);
  return written({
    subject: `${inviter} invites you to ${tenant}`,
    greeting: 'Hello,',
    sentences: [`${inviter} invites you to work with the customers of ${tenant} in Clientele.`],
    link: { label: 'Accept the invitation', address: values.link },
    closing: 'If you do not know what this is about, ignore this mail, and nothing happens.',
  });
}
