/** The OpenAPI 3.1 document: made from the routes themselves, so that it says what the server does. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import about from '../../package.json' with { type: 'json' };
import type { AnswerShape, FormBody, Route, Schema } from './define-route.ts';
import { problemSchema, problemType } from './problem.ts';
import { takenTypes, urlsOf } from './register-route.ts';

type Json = Readonly<Record<string, unknown>>;

export function openApiOf(routes: readonly Route[]): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    for (const url of urlsOf(route)) {
      paths[url] = { ...paths[url], [route.method.toLowerCase()]: operationOf(route, url) };
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clientele',
      version: about.version,
      description: about.description,
      license: { name: 'MIT' },
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a sign-in' },
        key: { type: 'http', scheme: 'bearer', description: 'An API key of a tenant, `clk_…`' },
      },
      schemas: componentsOf(routes),
    },
  };
}

function operationOf(route: Route, url: string): Json {
  const named = url.includes('{tenant}');
  return {
    operationId: named ? `${route.name}.inTenant` : route.name,
    tags: [route.name.split('.')[0]],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.permission === undefined ? {} : { 'x-permission': route.permission }),
    security:
      route.scope === 'open' ? [] : [{ session: [] }, ...(route.scope === 'tenant' ? [{ key: [] }] : [])],
    parameters: parametersOf(route, named),
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route) }),
    responses: responsesOf(route),
  };
}

function parametersOf({ params, query, method, scope, body }: Route, named: boolean): Json[] {
  const tenant = {
    name: 'tenant',
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'Slug or id',
  };
  const isRepeatable =
    scope === 'tenant' && method !== 'GET' && (body === undefined || body.json !== undefined);
  return [
    ...(named ? [tenant] : []),
    ...membersOf(params).map(({ name, schema }) => ({ name, in: 'path', required: true, schema })),
    ...membersOf(query).map(({ name, schema, required }) => ({ name, in: 'query', required, schema })),
    ...(isRepeatable
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            schema: { type: 'string', maxLength: 255 },
          },
        ]
      : []),
  ];
}

interface Member {
  readonly name: string;
  readonly schema: unknown;
  readonly required: boolean;
}

function membersOf(schema: Schema | undefined): Member[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    schema: of,
    required: required.includes(name),
  }));
}

function requestBodyOf({ body = {} }: Route): Json {
  const types = takenTypes(body).map((type) => {
    if (type === 'application/json' && body.json !== undefined)
      return [type, { schema: schemaOf(body.json, 'input') }];
    if (type === 'multipart/form-data' && body.form !== undefined)
      return [type, { schema: formSchemaOf(body.form) }];
    return [type, { schema: { type: 'string', format: 'binary' } }];
  });
  return { required: body.json !== undefined, content: Object.fromEntries(types) };
}

const problemContent = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } };

function formSchemaOf({ file = 'file', fields }: FormBody): Json {
  const { properties = {}, required = [] } = schemaOf(fields, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  const bytes = { type: 'string', format: 'binary' };
  return { type: 'object', properties: { ...properties, [file]: bytes }, required: [...required, file] };
}

function responsesOf(route: Route): Json {
  const own = Object.entries(route.answers).map(([status, shape]) => [
    status,
    responseOf(Number(status), shape),
  ]);
  const problem = { description: 'What is wrong, and what to do', content: problemContent };
  return { ...Object.fromEntries(own), '4XX': problem, '5XX': problem };
}

function responseOf(status: number, shape: AnswerShape): Json {
  const description = STATUS_CODES[status] ?? 'Answer';
  if (shape === 'nothing') return { description };
  if ('parse' in shape) {
    const own = { 'application/json': { schema: schemaOf(shape, 'output') } };
    // A status of its own shape can also be that of a refusal.
    return { description, content: status < 400 ? own : { ...own, ...problemContent } };
  }
  const bytes = { schema: { type: 'string', format: 'binary' } };
  return { description, content: Object.fromEntries(shape.map((type) => [type, bytes])) };
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. What has a name of its own stands among the components. */
function schemaOf(schema: Schema, io: 'input' | 'output'): Json {
  const { $schema: _, $defs: __, ...rest } = jsonSchemaOf(schema, io);
  return rest;
}

/** The schemas with a name, of everything that is answered. */
function componentsOf(routes: readonly Route[]): Json {
  const shapes = routes.flatMap(({ answers }) => Object.values(answers));
  const schemas = [
    problemSchema,
    ...shapes.filter((shape): shape is Schema => typeof shape === 'object' && 'parse' in shape),
  ];
  return Object.assign({}, ...schemas.map((schema) => jsonSchemaOf(schema, 'output').$defs ?? {})) as Json;
}

function jsonSchemaOf(schema: Schema, io: 'input' | 'output'): Json {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
