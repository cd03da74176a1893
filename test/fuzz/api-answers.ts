/** What every answer must be, whatever was sent. */
import { z } from 'zod';
import type { JsonSchema } from '../support/schema-values.ts';
import type { RawAnswer } from './api-client.ts';
import { inlined, type Operation, type Response } from './api-document.ts';

/** @returns what is wrong with the answer, or null. */
export type Judge = (answer: RawAnswer) => string | null;

/** @param secrets of another tenant: texts that nobody ever sends, and that must not come back. */
export function judgeOf(document: unknown, operation: Operation, secrets: readonly string[]): Judge {
  const shapes = Object.entries(operation.responses).map(([status, response]) => ({
    matches: (given: number) => new RegExp(`^${status.replaceAll('X', '\\d')}$`).test(String(given)),
    fault: shapeOf(document, response),
  }));
  return (answer) => {
    const { status, text } = answer;
    if (status === 0) return `no answer: ${text}`;
    if (status >= 500) return `status ${status}`;
    const shape = shapes.find(({ matches }) => matches(status));
    if (shape === undefined) return `status ${status} is not described`;
    return leakIn(text, secrets) ?? shape.fault(answer) ?? problemFault(answer);
  };
}

function shapeOf(document: unknown, { content = {} }: Response): (answer: RawAnswer) => string | null {
  const schemas = new Map(
    Object.entries(content).map(([type, { schema }]) => [type, schemaFrom(document, schema)]),
  );
  return ({ type, text }) => {
    if (schemas.size === 0) return text === '' ? null : 'a body where there should be none';
    const schema = schemas.get(type);
    if (!schemas.has(type)) return `content type "${type}" is not described`;
    return schema == null ? null : mismatch(schema, text);
  };
}

function schemaFrom(document: unknown, schema: JsonSchema): z.ZodType | null {
  if (schema.format === 'binary') return null;
  return z.fromJSONSchema(inlined(document, schema) as Parameters<typeof z.fromJSONSchema>[0]);
}

function mismatch(schema: z.ZodType, text: string): string | null {
  try {
    const { error } = schema.safeParse(JSON.parse(text));
    return error === undefined ? null : `not as described: ${z.prettifyError(error)}`;
  } catch {
    return 'not JSON';
  }
}

function problemFault({ status, type, text, headers }: RawAnswer): string | null {
  if (type !== 'application/problem+json') return null;
  const problem = JSON.parse(text) as Record<string, unknown>;
  if (problem.status !== status) return `the problem says status ${problem.status}`;
  if (problem.type !== `urn:clientele:error:${problem.code}`) return `its type is ${problem.type}`;
  if (problem.error !== problem.detail || problem.detail === '')
    return 'error and detail differ, or say nothing';
  if (problem.request_id !== headers['x-request-id'])
    return 'the problem has another number than the request';
  return null;
}

/** Marks of a stack trace, and words of the database that no sentence of ours has. */
const leaks: readonly RegExp[] = [
  /\n?\s+at .+\(?(node:|file:|\/)\S+:\d+:\d+\)?/,
  /node_modules/,
  /\.ts:\d+/,
  /\b(TypeError|RangeError|ReferenceError|SyntaxError|ZodError|PostgresError)\b/,
  /syntax error at or near|invalid input syntax|invalid byte sequence|out of range for type|violates .* constraint|duplicate key value|unsupported Unicode escape/i,
  /\b(insert into|delete from|update) "?(auth\.|staging\.)?[a-z_]+"? (set|values|where)\b/i,
  /\bselect .{1,200} from (auth\.|staging\.|imports|members|customers|tenants)/i,
];

function leakIn(text: string, secrets: readonly string[]): string | null {
  const leak = leaks.find((one) => one.test(text));
  if (leak !== undefined) return `the text has ${leak.exec(text)?.[0]}`;
  const secret = secrets.find((one) => text.includes(one));
  return secret === undefined ? null : `the text has ${secret}, of another tenant`;
}
