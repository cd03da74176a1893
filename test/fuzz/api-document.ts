/** The operations of an OpenAPI document, and what is wrong with the document itself. */
import type { JsonSchema } from '../support/schema-values.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

export interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By media type. */
  readonly bodies: Readonly<Record<string, JsonSchema>>;
  /** By status, or by its class, such as `4XX`. */
  readonly responses: Readonly<Record<string, Response>>;
  /** Who may call: `session`, `key`; nobody in particular when it is empty. */
  readonly security: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: what the server says is looked into as it comes; faultsOf finds what is missing
type Document = any;

export function operationsOf(document: Document): Operation[] {
  return Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Document>(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters,
      bodies: Object.fromEntries(
        Object.entries<Document>(operation.requestBody?.content ?? {}).map(([type, { schema }]) => [
          type,
          schema,
        ]),
      ),
      responses: operation.responses,
      security: operation.security.flatMap((one: object) => Object.keys(one)),
    })),
  );
}

/** @returns what makes it no valid OpenAPI 3.1, as far as generators of clients stumble over it. */
export function faultsOf(document: Document): string[] {
  const operations = operationsOf(document);
  return [
    ...(/^3\.1\.\d+$/.test(document.openapi) ? [] : [`openapi is ${document.openapi}`]),
    ...(document.info?.title && document.info?.version ? [] : ['info lacks title or version']),
    ...doubles(operations.map(({ id }) => id)).map((id) => `operationId ${id} is there twice`),
    ...referencesIn(document)
      .filter((reference) => resolve(document, reference) === undefined)
      .map((reference) => `${reference} leads nowhere`),
    ...operations.flatMap((operation) => operationFaults(document, operation)),
  ];
}

function operationFaults(
  document: Document,
  { id, path, parameters, responses, security }: Operation,
): string[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const said = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  const schemes = Object.keys(document.components.securitySchemes);
  return [
    ...(inPath.toString() === said.toString() ? [] : [`${id} describes the parameters ${said} of ${path}`]),
    ...parameters
      .filter((one) => one.in === 'path' && !one.required)
      .map(({ name }) => `${id}: ${name} is not required`),
    ...doubles(parameters.map((one) => `${one.in} ${one.name}`)).map((name) => `${id} has ${name} twice`),
    ...(Object.keys(responses).some((status) => /^[23]/.test(status))
      ? []
      : [`${id} has no answer that is no refusal`]),
    ...Object.keys(responses)
      .filter((status) => !/^[1-5](\d\d|XX)$/.test(status))
      .map((status) => `${id} answers ${status}`),
    ...security.filter((scheme) => !schemes.includes(scheme)).map((scheme) => `${id} asks for ${scheme}`),
  ];
}

function doubles(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : referencesIn(inner),
  );
}

function resolve(document: Document, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  return reference
    .slice(2)
    .split('/')
    .reduce<Document>((place, key) => place?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

/** @returns the schema with what it refers to in its place. */
export function inlined(document: Document, schema: JsonSchema): JsonSchema {
  const inline = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(inline);
    const { $ref, ...rest } = value as { $ref?: unknown };
    const target = typeof $ref === 'string' ? (inline(resolve(document, $ref)) as object) : {};
    return {
      ...target,
      ...Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, inline(inner)])),
    };
  };
  return inline(schema) as JsonSchema;
}
