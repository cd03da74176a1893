import { greetingOf, named, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/**
 * To a member for whom a schedule has taken records out.
 *
 * @param values.says what the files hold, in a sentence.
 * @param values.until as a person reads it.
 */
export function scheduledExportLetter(values: {
  name: string;
  schedule: string;
  tenant: string;
  says: string;
  until: string;
  links: readonly { label: string; address: string }[];
}): Omit<Message, 'to'> {
  const [link = { label: '', address: '' }, ...furtherLinks] = values.links;
  return written({
    subject: `${named(values.schedule)}: your export is ready`,
    greeting: greetingOf(values.name),
    sentences: [
      `"${named(values.schedule)}" of ${named(values.tenant)} has run. ${values.says}`,
      `Whoever has a link can take its file, until ${values.until}: hand it on with care.`,
    ],
    link,
    furtherLinks,
    closing: 'You get this mail because a schedule names you. Whoever made it can take you out again.',
  });
}
