/** What kind of text a sample is, and in which dialect: a table of contents of the sniffers. */
import type { ReadLimits } from '../limits.ts';
import type { Dialect } from '../rows.ts';
import { sampleRows, usualWidth } from './sample-rows.ts';
import { sniffAbsent } from './sniff-absent.ts';
import { sniffComment } from './sniff-comment.ts';
import { type SniffedDelimiter, sniffDelimiter, wholeLines } from './sniff-delimiter.ts';
import { type SniffedFooter, sniffFooter } from './sniff-footer.ts';
import { bodyOf, sniffHeader } from './sniff-header.ts';
import { looksLikeJson } from './sniff-json.ts';
import { sniffJsonRows } from './sniff-json-rows.ts';

export interface TextSample {
  /** UTF-8, without byte-order mark. */
  readonly head: Buffer;
  readonly tail: Buffer | undefined;
  readonly complete: boolean;
}

export interface SniffedDialect {
  readonly dialect: Omit<Dialect, 'packing' | 'encoding'>;
  /** How many cells rows have, for a table without a header to tell. */
  readonly columns?: number;
  readonly notes: readonly string[];
}

const headRows = 300;
/** Spreadsheets leave many blank rows behind. */
const footerRowsLooked = 1000;

/**
 * @param given what a person says; it is taken as it is.
 * @param longer reads more of the text than the sample has.
 */
export async function sniffDialect(
  sample: TextSample,
  given: Partial<Dialect>,
  limits: ReadLimits,
  longer: () => Promise<Buffer>,
): Promise<SniffedDialect> {
  const format = given.format ?? looksLikeJson(sample.head, sample.complete) ?? 'csv';
  if (format === 'csv') return sniffCsv(sample, given);
  if (format === 'ndjson') return { dialect: { ...plain, format }, notes: [] };
  return sniffJson(sample.complete ? sample.head : await longer(), given, limits);
}

function sniffJson(text: Buffer, given: Partial<Dialect>, limits: ReadLimits): SniffedDialect {
  const { rowsAt, header } = sniffJsonRows(text, limits);
  const at = given.rowsAt ?? rowsAt;
  return {
    dialect: {
      ...plain,
      format: 'json',
      header: given.header ?? header,
      ...(at !== undefined && { rowsAt: at }),
    },
    notes: at === undefined || at === '' ? [] : [`The rows are the list at "${at}".`],
  };
}

const plain = {
  delimiter: ',',
  quote: '"',
  escape: 'double',
  header: true,
  skipLines: 0,
  footerRows: 0,
  comment: '',
} as const;

function sniffCsv(sample: TextSample, given: Partial<Dialect>): SniffedDialect {
  const head = sample.complete ? sample.head : wholeLines(sample.head);
  const stated = statedDelimiter(head);
  const before = given.skipLines ?? (stated === undefined ? 0 : 1);
  const range = { linesToSkip: before, isCut: !sample.complete };
  const quoting = sniffDelimiter(head, range, { ...(stated && { delimiter: stated }), ...given });
  const comment = given.comment ?? sniffComment(quoting.rows);
  const rows = comment === '' ? quoting.rows : sampleRows(head, { ...quoting, comment }, headRows, range);
  const found = sniffHeader(rows, rows[0]?.line ?? 1);
  const first = rows[0]?.line ?? 1;
  const skipLines = given.skipLines ?? (found.skipLines > 0 ? first - 1 + found.skipLines : before);
  // A short table may have fewer rows than stand below it; its first one is as wide as it is.
  const width = Math.max(usualWidth(rows), rows[0]?.cells.length ?? 0);
  const footer =
    given.footerRows === undefined
      ? footerOf(sample, quoting, comment, width)
      : { rows: given.footerRows, blank: false };
  const header = given.header ?? found.header;
  const table = rows.filter(({ line }) => line > skipLines);
  const absent = given.absent ?? sniffAbsent(header ? bodyOf(table) : table);
  return {
    ...(!header && rows.length > 0 && { columns: usualWidth(rows) }),
    dialect: {
      format: 'csv',
      delimiter: quoting.delimiter,
      quote: quoting.quote,
      escape: quoting.escape,
      header,
      skipLines,
      footerRows: footer.rows,
      comment,
      ...(absent !== '' && { absent }),
      ...(quoting.padded && { padded: true }),
    },
    notes: notesOn(given, {
      skipLines: skipLines - (stated === undefined ? 0 : 1),
      footer,
      header,
      comment,
      absent,
    }),
  };
}

/** Excel's first line `sep=;`. */
function statedDelimiter(head: Buffer): string | undefined {
  return /^"?sep=(.)"?[;,]*(?:\r\n?|\n)/iu.exec(head.toString('utf8', 0, 64))?.[1];
}

function footerOf(
  sample: TextSample,
  quoting: SniffedDelimiter,
  comment: string,
  width: number,
): SniffedFooter {
  if (sample.tail === undefined) return { rows: 0, blank: false };
  const begin = sample.complete ? 0 : sample.tail.indexOf(0x0a) + 1;
  const rows = sampleRows(
    withoutEndMark(sample.tail.subarray(begin)),
    { ...quoting, comment },
    Number.MAX_SAFE_INTEGER,
  );
  return sniffFooter(rows.slice(-footerRowsLooked), width);
}

function withoutEndMark(text: Buffer): Buffer {
  return text.at(-1) === 0x1a ? text.subarray(0, -1) : text;
}

function notesOn(
  given: Partial<Dialect>,
  found: { skipLines: number; footer: SniffedFooter; header: boolean; comment: string; absent: string },
): string[] {
  const notes: string[] = [];
  if (given.skipLines === undefined && found.skipLines > 0) {
    notes.push(
      `${found.skipLines === 1 ? 'One line' : `${found.skipLines} lines`} before the header ${found.skipLines === 1 ? 'is' : 'are'} left out.`,
    );
  }
  if (given.header === undefined && !found.header)
    notes.push('The file has no header; its columns are numbered.');
  if (given.footerRows === undefined && found.footer.rows > 0) notes.push(noteOnFooter(found.footer));
  if (given.comment === undefined && found.comment !== '')
    notes.push(`Lines that begin with "${found.comment}" are comments and are left out.`);
  if (given.absent === undefined && found.absent !== '')
    notes.push(`"${found.absent}" without quotes stands for no value; such cells are read as blank.`);
  return notes;
}

function noteOnFooter({ rows, blank }: SniffedFooter): string {
  if (rows === 1) return `The last row is ${blank ? 'blank' : 'a total'} and is left out.`;
  const what = blank ? 'blank' : 'totals, or what the report says of itself,';
  return `The last ${rows} rows are ${what} and are left out.`;
}
