/** A call of any route there is, made from nothing but its definition. */
import fc from 'fast-check';
import { z } from 'zod';
import type { Route, Schema } from '../../src/http/define-route.ts';
import { takenTypes } from '../../src/http/register-route.ts';
import type { Sent } from './http.ts';
import { type JsonSchema, valuesOf } from './schema-values.ts';

export interface RouteCall {
  readonly method: string;
  readonly path: string;
  readonly sent: Sent;
}

/** @param url with its parameters in braces. @param values of those. */
export function callsOf(
  route: Route,
  url: string,
  values: Readonly<Record<string, string>>,
): fc.Arbitrary<RouteCall> {
  const path = url.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nothing is known to put in the place of {${name}} in ${url}.`);
    return encodeURIComponent(value);
  });
  const query = route.query === undefined ? fc.constant('') : valuesOf(schemaOf(route.query)).map(queryText);
  return fc
    .tuple(query, bodyOf(route))
    .map(([search, sent]) => ({ method: route.method, path: `${path}${search}`, sent }));
}

function schemaOf(schema: Schema): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema;
}

/** `?a=1&b=2&b=3`, or nothing. */
function queryText(query: unknown): string {
  const pairs = Object.entries(query as Record<string, unknown>).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs as [string, string][])}`;
}

function bodyOf({ body }: Route): fc.Arbitrary<Sent> {
  if (body === undefined) return fc.constant({});
  if (body.json !== undefined) return valuesOf(schemaOf(body.json)).map((json) => ({ json }));
  if (body.form !== undefined) return fc.constant({ body: formWithFile() });
  const [type = ''] = takenTypes(body);
  return fc.constant({ body: 'Email\nsomebody@example.com\n', type: type.replace('*', 'plain') });
}

function formWithFile(): FormData {
  const form = new FormData();
  form.set('file', new Blob(['Email\nsomebody@example.com\n']), 'people.csv');
  return form;
}
