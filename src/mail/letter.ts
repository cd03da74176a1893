/** How every mail of ours is written: a greeting, a few sentences, a link or more; as plain text and as simple HTML. */
import type { Message } from './mail.ts';

export interface Letter {
  readonly subject: string;
  readonly greeting: string;
  /** Before the link. */
  readonly sentences: readonly string[];
  readonly link: LetterLink;
  /** More of them, each on a line of its own. */
  readonly furtherLinks?: readonly LetterLink[];
  /** Behind the links. */
  readonly closing: string;
}

export interface LetterLink {
  readonly label: string;
  readonly address: string;
}

/** All but its recipient. Names and addresses in it are anybody's: HTML gets them escaped, a subject as one line. */
export function written(letter: Letter): Omit<Message, 'to'> {
  const { subject, greeting, sentences, link, furtherLinks = [], closing } = letter;
  const links = [link, ...furtherLinks];
  const text = [
    greeting,
    ...sentences,
    ...links.map(({ label, address }) => `${label}:\n${address}`),
    closing,
  ];
  const html = [
    paragraph(escaped(greeting)),
    ...sentences.map((sentence) => paragraph(escaped(sentence))),
    ...links.map(({ label, address }) => paragraph(`<a href="${escaped(address)}">${escaped(label)}</a>`)),
    paragraph(escaped(closing)),
  ];
  return {
    subject,
    text: `${text.join('\n\n')}\n`,
    html: `<!doctype html>\n<html><body style="font-family: sans-serif">\n${html.join('\n')}\n</body></html>\n`,
  };
}

function paragraph(html: string): string {
  return `<p>${html}</p>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** A name as it may stand in a sentence: one line, and no longer than a name is. */
export function named(name: string): string {
  const line = name.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}

export function greetingOf(name: string): string {
  return named(name) === '' ? 'Hello,' : `Hello ${named(name)},`;
}
