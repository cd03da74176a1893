/**
 * Values that a JSON Schema allows, at random (fast-check). The schemas are those that routes are described by, so that
 * a call can be made of any route there is, also of one that was written after the test.
 *
 * What a schema does not say, such as that a time zone must be one that there is, the values do not know either.
 */
import fc from 'fast-check';

/** As JSON Schema 2020-12 and OpenAPI 3.1 have it; the keywords that our schemas use. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** @throws Error for a schema of a kind that this knows nothing of: extend it then. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(valuesOf));
  if (schema.allOf !== undefined) return valuesOf(Object.assign({}, ...schema.allOf) as JsonSchema);
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type: string) => valuesOf({ ...schema, type })));
  const make = makers[String(schema.type ?? 'any')];
  if (make === undefined)
    throw new Error(`No values can be made of ${JSON.stringify(schema).slice(0, 200)}.`);
  return make(schema);
}

const makers: Readonly<Record<string, (schema: JsonSchema) => fc.Arbitrary<unknown>>> = {
  any: () => fc.jsonValue({ maxDepth: 2 }),
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  string: textOf,
  integer: (schema) => fc.integer(rangeOf(schema)),
  number: (schema) =>
    fc.oneof(
      fc.integer(rangeOf(schema)),
      fc.double({ ...rangeOf(schema), noNaN: true, noDefaultInfinity: true }),
    ),
  array: (schema) => {
    const { items = {}, prefixItems, minItems = 0, maxItems = minItems + 4 } = schema;
    if (prefixItems !== undefined) return fc.tuple(...prefixItems.map(valuesOf));
    return fc.array(valuesOf(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) });
  },
  object: objectOf,
};

/** Numbers near zero are more telling than any there are. */
function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): {
  readonly min: number;
  readonly max: number;
} {
  const least = minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1);
  const most = maximum ?? (exclusiveMaximum === undefined ? undefined : exclusiveMaximum - 1);
  const min = Math.max(least ?? Math.min(0, most ?? 0) - 1000, -2_147_483_648);
  return { min, max: Math.min(most ?? min + 2000, 2_147_483_647) };
}

function objectOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const members = Object.fromEntries(Object.entries(properties).map(([key, of]) => [key, valuesOf(of)]));
  const named = fc.record(members, {
    requiredKeys: required.filter((key) => key in members),
    noNullPrototype: true,
  });
  if (typeof additionalProperties !== 'object') return named;
  const others = fc.dictionary(textOf({ maxLength: 20, ...propertyNames }), valuesOf(additionalProperties), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  return fc.tuple(others, named).map(([more, known]) => ({ ...more, ...known }));
}

const formats: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  uuid: () => fc.uuid(),
  email: () =>
    fc
      .tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/), fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/))
      .map(([name, place]) => `${name}@${place}.example`),
  uri: () => fc.webUrl(),
  'date-time': () =>
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
};

function textOf({
  format,
  pattern,
  enum: allowed,
  minLength = 0,
  maxLength = minLength + 40,
}: JsonSchema): fc.Arbitrary<string> {
  if (allowed !== undefined) return fc.constantFrom(...(allowed as string[]));
  const made = format === undefined ? undefined : formats[format]?.();
  if (made !== undefined) return made;
  const most = Math.min(maxLength, minLength + 40);
  if (pattern !== undefined)
    return fc
      .stringMatching(new RegExp(pattern, 'u'))
      .filter((text) => text.length >= minLength && text.length <= maxLength);
  const lengths = { minLength, maxLength: most };
  return fc.oneof(
    fc.string(lengths),
    fc.string({ ...lengths, unit: 'grapheme' }).filter((text) => text.length <= maxLength),
  );
}
