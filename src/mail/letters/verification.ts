import { greetingOf, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/** To the address that somebody gave as his own. */
export function verificationLetter(values: { name: string; link: string }): Omit<Message, 'to'> {
  return written({
    subject: 'Confirm your e-mail address',
    greeting: greetingOf(values.name),
    sentences: ['Please confirm that this is your e-mail address. The link works for one hour.'],
    link: { label: 'Confirm the address', address: values.link },
    closing: 'If you did not ask for an account, ignore this mail, and nothing happens.',
  });
}
