import type { Dialect } from '../file-formats/rows.ts';
import { usageError } from './command.ts';

/** How a file is read where that is said, and not found out. */
export const dialectOptions = {
  encoding: { type: 'string' },
  delimiter: { type: 'string' },
  absent: { type: 'string' },
  sheet: { type: 'string' },
} as const;

/** @throws AppError `usage.invalid` */
export function givenDialect({
  encoding,
  delimiter,
  absent,
  sheet,
}: {
  readonly encoding?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly absent?: string | undefined;
  readonly sheet?: string | undefined;
}): Partial<Dialect> {
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiterIn(delimiter) }),
    ...(absent === undefined ? {} : { absent }),
    ...(sheet === undefined ? {} : { sheet }),
  };
}

function delimiterIn(said: string): string {
  const delimiter = /^(?:tab|\\t)$/i.test(said) ? '\t' : said;
  if ([...delimiter].length !== 1 || /["\r\n]/.test(delimiter))
    throw usageError(`--delimiter takes one character other than a quote, or "tab", and not "${said}"`);
  return delimiter;
}
