/** Names of what a tenant keeps: shown as they were written, compared whatever their case. */
import { codeOf } from '../../database/failures.ts';
import { AppError } from '../../platform/errors.ts';

const charactersMax = 100;

export interface KeptName {
  readonly name: string;
  /** What is compared, and unique in the tenant. */
  readonly norm: string;
}

type Named = 'template' | 'schedule';

/** @throws AppError `template.invalid`, `schedule.invalid` */
export function keptName(text: string, of: Named): KeptName {
  const name = text.normalize('NFC').trim();
  if (name === '' || [...name].length > charactersMax || /\p{Cc}/u.test(name))
    throw new AppError(
      `${of}.invalid`,
      `The name of a ${of} has 1 to ${charactersMax} characters, on one line.`,
    );
  return { name, norm: normOf(name) };
}

/** @returns what is thrown when a write under the name fails: AppError `template.exists`, `schedule.exists` when it is taken. */
export function refuseTaken(name: string, of: Named): (error: unknown) => never {
  return (error) => {
    if (codeOf(error) !== '23505') throw error;
    throw new AppError(`${of}.exists`, `There is a ${of} "${name}" already: choose another name.`, { name });
  };
}

export function normOf(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
