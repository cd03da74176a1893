/** Lists of rows in the bodies of the five systems' calls: how they are described, looked into and answered for. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { customers } from '../../datasets/customers.ts';
import type { Dataset, FieldDefinition } from '../../datasets/define-dataset.ts';
import type { BatchOutcome } from '../../import/batch/outcomes.ts';
import { configuration } from '../../platform/config.ts';
import { AppError } from '../../platform/errors.ts';
import type { Headers, RouteLimits, Schema } from '../define-route.ts';

/** Calls that bring many rows take larger bodies. */
export const rowsLimits: RouteLimits = {
  get jsonBytesMax() {
    return configuration().limits.rowsJsonBytesMax;
  },
};

/** A list of rows. What a row is to be is described; a row that is something else is a problem of its own. */
export const customerRows: z.ZodType<unknown[]> = z.array(rowSchema(customers));

/**
 * The same, for calls with a sentence of their own for a list that lacks: it is then empty.
 * @param itemsMax told to whoever reads the description; `assertLength` asks for it.
 */
export function listOf<T>(item: z.ZodType<T>, itemsMax: number): z.ZodType<T[]> {
  return z.array(item).catch([]).meta({ minItems: 1, maxItems: itemsMax });
}

/** @param more keys that a row has beside those of its dataset. */
export function rowSchema(dataset: Dataset, more: Readonly<Record<string, unknown>> = {}): Schema {
  const fields = Object.fromEntries(dataset.importable.map((field) => [field.key, shapeOf(field)]));
  return z.unknown().meta({
    type: 'object',
    description:
      'Fields by key, label or alias, in any case; `_`, `-` and spaces are alike. Keys that mean no field are passed over.',
    properties: { ...more, ...fields },
    additionalProperties: true,
  });
}

/** Any value may also come as the text that a file would have. */
function shapeOf({ type, label, max, values }: FieldDefinition): Record<string, unknown> {
  const text = { description: label, ...(max === undefined ? {} : { maxLength: max }) };
  if (type === 'boolean') return { ...text, type: ['boolean', 'string', 'null'] };
  if (type === 'integer' || type === 'decimal' || type === 'money')
    return { ...text, type: ['number', 'string', 'null'] };
  if (type === 'tags') return { ...text, type: ['array', 'string', 'null'], items: { type: 'string' } };
  if (type === 'json') return { ...text, type: ['object', 'array', 'string', 'null'] };
  if (type === 'enum')
    return { description: `${label}: ${(values ?? []).join(', ')}`, type: ['string', 'null'] };
  return { ...text, type: ['string', 'null'] };
}

/**
 * @param name how the body calls the list.
 * @throws AppError `request.invalid` for an empty list, `request.too_large` for one over the limit.
 */
export function assertLength(list: readonly unknown[], name: string, itemsMax: number): void {
  if (list.length === 0) throw new AppError('request.invalid', `${name} array is required`);
  if (list.length <= itemsMax) return;
  throw new AppError(
    'request.too_large',
    `${name} has ${list.length} items, and this call takes ${itemsMax}: bring them in with POST /api/customers/import or POST /api/imports, which take any number.`,
  );
}

/** What the keys of rows mean, as they are spelt: the same ones come again and again. */
const fieldOfKey = new Map<string, string | undefined>();
const keysMax = 10_000;

function fieldOf(key: string): string | undefined {
  if (fieldOfKey.size > keysMax) fieldOfKey.clear();
  if (!fieldOfKey.has(key)) fieldOfKey.set(key, customers.keyFor(key));
  return fieldOfKey.get(key);
}

/** @returns the field's value in the row as text, whatever key names it; null where there is none. */
export function textIn(row: unknown, field: string): string | null {
  if (!isObject(row)) return null;
  const key = Object.keys(row).find((candidate) => fieldOf(candidate) === field);
  const value = key === undefined ? undefined : row[key];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** @returns the row without the fields for which `leavesOut` holds. */
export function without(row: unknown, leavesOut: (field: string) => boolean): unknown {
  if (!isObject(row)) return row;
  return Object.fromEntries(
    Object.entries(row).filter(([key]) => {
      const field = fieldOf(key);
      return field === undefined || !leavesOut(field);
    }),
  );
}

function isObject(row: unknown): row is Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

/** Why a row was left out, in one text. */
export function reasonOf({ problems }: BatchOutcome): string {
  return problems.map(({ message }) => message).join(' ');
}

export function isLeftOut({ outcome }: BatchOutcome): boolean {
  return outcome === 'failed' || outcome === 'skipped';
}

/** As which run the rows of a call come in, where it may come again. */
export function runOf(runId: string | null): { readonly id?: string } {
  return runId === null ? {} : { id: runId };
}

/** The answer takes as long as the rows do: silence on the connection meanwhile is no reason to close it. */
export function stayConnected({ raw }: FastifyRequest): void {
  raw.socket.setTimeout(0);
}

/** Clients take some kilobytes of headers. */
const ignoredCharactersMax = 2000;

/**
 * What the older systems' answers have no place for: under which ids the history has the rows, where those that
 * failed can be fetched as a file, and which keys of rows were passed over (each percent-encoded).
 */
export function headersFor(imported: {
  readonly importIds: readonly string[];
  readonly ignoredKeys: readonly string[];
}): Headers {
  const ignored = imported.ignoredKeys
    .map((key) => encodeURIComponent(key.slice(0, 100).toWellFormed()))
    .join(', ');
  return {
    'x-import-id': imported.importIds.join(', '),
    ...(ignored === '' ? {} : { 'x-ignored-keys': cutAtComma(ignored) }),
  };
}

function cutAtComma(list: string): string {
  if (list.length <= ignoredCharactersMax) return list;
  return `${list.slice(0, list.lastIndexOf(',', ignoredCharactersMax))}, ...`;
}
