/**
 * What went wrong, as a client reads it: problem details (RFC 9457), made from the one table of refusals. Whatever is
 * not a refusal is a bug of ours, and all that a client hears of it is the number of its request.
 */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import type { AppError } from '../platform/errors.ts';
import type { FieldError } from '../platform/field-errors.ts';

export const problemType = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.string().describe('urn:clientele:error:<code>'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('One sentence for a person: what happened and what to do'),
    error: z.string().describe('The same as detail'),
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), message: z.string() })),
    request_id: z.string(),
  })
  .meta({ id: 'Problem' });

export type ProblemDocument = z.infer<typeof problemSchema>;

export function problemOf(error: AppError, requestId: string): ProblemDocument {
  return {
    type: `urn:clientele:error:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    error: error.message,
    code: error.code,
    errors: isFieldErrors(error.details.errors) ? [...error.details.errors] : [],
    request_id: requestId,
  };
}

function isFieldErrors(value: unknown): value is readonly FieldError[] {
  return Array.isArray(value);
}
