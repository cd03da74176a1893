import { greetingOf, named, written } from '../letter.ts';
import type { Message } from '../mail.ts';

/**
 * To whoever made a schedule, once, when a run of it has failed.
 *
 * @param values.reason why, in a sentence.
 */
export function scheduleFailedLetter(values: {
  name: string;
  schedule: string;
  tenant: string;
  reason: string;
  link: string;
}): Omit<Message, 'to'> {
  const schedule = named(values.schedule);
  return written({
    subject: `${schedule}: the export failed`,
    greeting: greetingOf(values.name),
    sentences: [
      `"${schedule}" of ${named(values.tenant)} has failed, after several attempts. The last one said: ${values.reason}`,
      'It is tried again at its next time. You are not told again before a run has gone well.',
    ],
    link: { label: 'Open Clientele', address: values.link },
    closing: 'Until it is mended, whoever waits for its files waits in vain.',
  });
}
