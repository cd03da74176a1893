/** Names of what a tenant keeps: shown as they were written, compared whatever their case. */
import { AppError, type ErrorCode } from '../../platform/errors.ts';

const charactersMax = 100;

export interface KeptName {
  readonly name: string;
  /** What is compared, and unique in the tenant. */
  readonly norm: string;
}

/** @throws AppError `code` */
export function keptName(text: string, of: 'template' | 'schedule', code: ErrorCode): KeptName {
  const name = text.normalize('NFC').trim();
  if (name === '' || [...name].length > charactersMax || /\p{Cc}/u.test(name))
    throw new AppError(code, `The name of a ${of} has 1 to ${charactersMax} characters, on one line.`);
  return { name, norm: normOf(name) };
}

export function normOf(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
