/** What is wrong with which field of what was sent, for whoever sent it to find the place. */
import type { z } from 'zod';
import { AppError, type ErrorCode } from './errors.ts';

/** One thing wrong with what was sent. */
export interface FieldError {
  /** JSON Pointer (RFC 6901) into the body, or `query/<name>`, `path/<name>`. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

/** A refusal that names what is wrong with each field. The first one is told in the sentence. */
export function refuseFields(code: ErrorCode, errors: readonly FieldError[]): AppError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = first === undefined ? 'The call is not as it should be.' : `${first.message}${more}`;
  return new AppError(code, detail, { errors });
}

/**
 * What a schema found wrong.
 * @param where the first part of each pointer: empty for the body, else `query` or `path`.
 */
export function fieldErrorsOf(error: z.ZodError, where: '' | 'query' | 'path'): FieldError[] {
  return error.issues.flatMap((issue) => errorsOf(issue, where));
}

function errorsOf(issue: z.core.$ZodIssue, where: string): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key], where),
      code: 'unknown_field',
      message: `There is no field "${shortened(key)}" here.`,
    }));
  }
  const pointer = pointerTo(issue.path, where);
  const name = pointer === '' ? 'The body' : pointer;
  return [{ pointer, code: issue.code, message: `${name}: ${issue.message}.`.replace(/\.\.$/, '.') }];
}

function pointerTo(path: readonly PropertyKey[], where: string): string {
  const parts = path.map((part) => shortened(String(part)).replaceAll('~', '~0').replaceAll('/', '~1'));
  return where === '' ? parts.map((part) => `/${part}`).join('') : [where, ...parts].join('/');
}

const shownMax = 100;

/** What a client sent may be long; the answer is not. */
function shortened(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}
