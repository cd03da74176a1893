import { greetingOf, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/** To somebody who said that he had forgotten his password. */
export function passwordResetLetter(values: { name: string; link: string }): Omit<Message, 'to'> {
  return written({
    subject: 'Choose a new password',
    greeting: greetingOf(values.name),
    sentences: [
      'Somebody, probably you, asked for a new password. The link works once, within one hour.',
      'When you choose one, every device that is signed in with your account is signed out.',
    ],
    link: { label: 'Choose a new password', address: values.link },
    closing: 'If it was not you, ignore this mail: your password stays as it is.',
  });
}
