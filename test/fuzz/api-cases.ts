/** Calls of one operation: as its description wants them, with one thing wrong, and hostile in any part. */
import fc from 'fast-check';
import { type JsonSchema, valuesOf } from '../support/schema-values.ts';
import { changedTexts } from './api-changes.ts';
import type { Operation, Parameter } from './api-document.ts';
import {
  hostileAddressPart,
  hostileHeader,
  hostileLiteral,
  hostileText,
  malformedJson,
  percentEncoded,
} from './api-hostile.ts';
import { filesOf, formsOf, hostileFilesOf, hostileFormsOf } from './api-uploads.ts';

/** What there is to ask for. */
export interface Known {
  readonly tenants: readonly string[];
  /** Of records: own ones, those of another tenant, and of none. */
  readonly ids: readonly string[];
}

export interface Case {
  readonly by: 'caller' | 'nobody' | 'impostor';
  readonly method: string;
  /** As it goes over the line. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

interface Body {
  readonly type: string | null;
  readonly bytes: Buffer | null;
}

type Pairs = readonly (readonly [name: string, value: string])[];

interface Parts {
  readonly path: fc.Arbitrary<string>;
  readonly query: fc.Arbitrary<string>;
  readonly headers: fc.Arbitrary<Readonly<Record<string, string>>>;
  readonly body: fc.Arbitrary<Body>;
  readonly by: fc.Arbitrary<Case['by']>;
}

/** @throws Error for an operation of which no call can be made. */
export function casesOf(operation: Operation, known: Known): fc.Arbitrary<Case> {
  const valid = validParts(operation, known);
  const wrong = wrongParts(operation, valid);
  const nearly = (Object.keys(wrong) as (keyof Parts)[]).map((part) =>
    together(operation, { ...valid, [part]: wrong[part] }),
  );
  const either = <T>(part: { readonly good: fc.Arbitrary<T>; readonly bad: fc.Arbitrary<T> }) =>
    fc.oneof(part.good, part.bad);
  const hostile = together(operation, {
    path: either({ good: valid.path, bad: wrong.path }),
    query: either({ good: valid.query, bad: wrong.query }),
    headers: either({ good: valid.headers, bad: wrong.headers }),
    body: either({ good: valid.body, bad: hostileBody(operation) }),
    by: valid.by,
  });
  return fc.oneof(
    { weight: 3, arbitrary: together(operation, valid) },
    { weight: 4, arbitrary: fc.oneof(...nearly) },
    { weight: 3, arbitrary: hostile },
  );
}

function together({ method }: Operation, parts: Parts): fc.Arbitrary<Case> {
  return fc.record(parts).map(({ by, path, query, headers, body }) => ({
    by,
    method,
    path: `${path}${query === '' ? '' : `?${query}`}`,
    headers: { ...headers, ...(body.type === null ? {} : { 'content-type': body.type }) },
    body: body.bytes,
  }));
}

function validParts(operation: Operation, known: Known): Parts {
  return {
    path: pathOf(operation, (parameter) =>
      fc.constantFrom(...valuesFor(parameter, known)).map(percentEncoded),
    ),
    query: queryValues(operation).map((query) => textOf(pairsOf(query))),
    headers: headersOf(operation),
    body: validBody(operation),
    by: fc.constant('caller'),
  };
}

function valuesFor({ name }: Parameter, { tenants, ids }: Known): readonly string[] {
  return name === 'tenant' ? tenants : ids;
}

function pathOf(
  { path, parameters }: Operation,
  partOf: (parameter: Parameter) => fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const named = parameters.filter((parameter) => parameter.in === 'path');
  return fc
    .tuple(...named.map(partOf))
    .map((parts) =>
      named.reduce((text, { name }, i) => text.replace(`{${name}}`, () => parts[i] ?? ''), path),
    );
}

function queryValues({ parameters }: Operation): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const ofQuery = parameters.filter((parameter) => parameter.in === 'query');
  const members = Object.fromEntries(ofQuery.map(({ name, schema }) => [name, valuesOf(schema)]));
  return fc.record(members, {
    requiredKeys: ofQuery.filter(({ required }) => required).map(({ name }) => name),
  });
}

function pairsOf(query: Readonly<Record<string, unknown>>): Pairs {
  return Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as const),
  );
}

function textOf(pairs: Pairs): string {
  return pairs.map((pair) => pair.map(percentEncoded).join('=')).join('&');
}

function headersOf({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
  const isRepeatable = parameters.some(({ name }) => name === 'Idempotency-Key');
  const key = isRepeatable ? fc.option(fc.uuid(), { nil: undefined }) : fc.constant(undefined);
  return key.map((one) => (one === undefined ? {} : { 'idempotency-key': one }));
}

function validBody({ bodies, parameters }: Operation): fc.Arbitrary<Body> {
  const types = Object.entries(bodies);
  if (types.length === 0) return fc.constant({ type: null, bytes: null });
  return fc.oneof(
    ...types.map(([type, schema]) => {
      if (type === 'multipart/form-data') return formsOf(parameters);
      if (isOfBytes(schema)) return filesOf(type);
      return valuesOf(schema).map((value) => jsonBody(JSON.stringify(value)));
    }),
  );
}

function isOfBytes({ format }: JsonSchema): boolean {
  return format === 'binary';
}

function jsonBody(text: string): Body {
  return { type: 'application/json', bytes: Buffer.from(text) };
}

function wrongParts(operation: Operation, valid: Parts): Parts {
  const first = operation.parameters.filter((parameter) => parameter.in === 'path').length;
  return {
    // With nothing in the place of a parameter it would be the address of another operation.
    path:
      first === 0 ? valid.path : pathOf(operation, () => hostileAddressPart.filter((part) => part !== '')),
    query: wrongQuery(operation),
    headers: fc
      .tuple(
        fc.constantFrom(
          'idempotency-key',
          'last-event-id',
          'accept',
          'origin',
          'x-api-key',
          'cookie',
          'range',
          'x-http-method-override',
          'if-none-match',
          'accept-encoding',
        ),
        hostileHeader,
      )
      .map(([name, value]) => ({ [name]: value })),
    body: wrongBody(operation),
    by: fc.constantFrom('nobody', 'impostor'),
  };
}

/** One pair too much, or one with another value. */
function wrongQuery(operation: Operation): fc.Arbitrary<string> {
  const names = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const name = fc.oneof(fc.constantFrom(...names, 'extra'), hostileText);
  return fc
    .tuple(
      queryValues(operation),
      name,
      fc.oneof(hostileText.map(percentEncoded), hostileAddressPart),
      fc.boolean(),
    )
    .map(([query, wrong, value, isTwice]) => {
      const kept = pairsOf(query).filter(([one]) => isTwice || one !== wrong);
      // The head of a request is at most 16 KiB: what is longer never reaches a route.
      const pair = `${percentEncoded(wrong).slice(0, 2000)}=${value.slice(0, 4000)}`;
      return [textOf(kept), pair].filter((text) => text !== '').join('&');
    });
}

function wrongBody(operation: Operation): fc.Arbitrary<Body> {
  const schema = operation.bodies['application/json'];
  if (schema === undefined || isOfBytes(schema)) return hostileBody(operation);
  return fc.oneof(
    { weight: 4, arbitrary: changedTexts(valuesOf(schema)).map(jsonBody) },
    { weight: 1, arbitrary: hostileBody(operation) },
  );
}

const mediaTypes = [
  'application/json',
  'text/plain',
  'text/csv',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'application/json;',
  '*/*',
  'nonsense',
  '',
  'application/x-ndjson',
  'application/gzip',
];

function hostileBody(operation: Operation): fc.Arbitrary<Body> {
  const json = fc.oneof(
    malformedJson,
    hostileLiteral.map((text) => Buffer.from(text)),
  );
  const any = fc.tuple(fc.constantFrom(...mediaTypes), json).map(([type, bytes]) => ({ type, bytes }));
  const unread = validBody(operation).chain((body) =>
    fc.constantFrom(...mediaTypes).map((type) => ({ ...body, type })),
  );
  const asJson = json.map((bytes) => ({ type: 'application/json', bytes }));
  const ofFiles = Object.entries(operation.bodies).flatMap(([type, schema]) => {
    if (type === 'multipart/form-data') return [hostileFormsOf(operation.parameters)];
    return isOfBytes(schema) ? [hostileFilesOf(type)] : [];
  });
  const none = fc.constant({ type: null, bytes: null });
  return fc.oneof(asJson, any, unread, none, ...ofFiles);
}
