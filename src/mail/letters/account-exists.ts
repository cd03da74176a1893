import { greetingOf, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/** To somebody whose address was used to sign up once more: whoever did so is told nothing. */
export function accountExistsLetter(values: { name: string; link: string }): Omit<Message, 'to'> {
  return written({
    subject: 'You already have an account',
    greeting: greetingOf(values.name),
    sentences: ['Somebody, probably you, signed up with this e-mail address, which has an account already.'],
    link: { label: 'Sign in', address: values.link },
    closing: 'If you forgot your password, choose a new one there. If it was not you, ignore this mail.',
  });
}
