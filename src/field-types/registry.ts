/** All field types, by name. */
import { boolean } from './boolean.ts';
import { country } from './country.ts';
import { currency } from './currency.ts';
import { date } from './date.ts';
import { datetime } from './datetime.ts';
import { decimal } from './decimal.ts';
import { email } from './email.ts';
import { enumeration } from './enum.ts';
import type { FieldType, FieldTypeName } from './field-type.ts';
import { integer } from './integer.ts';
import { json } from './json.ts';
import { money } from './money.ts';
import { phone } from './phone.ts';
import { reference } from './reference.ts';
import { tags } from './tags.ts';
import { text } from './text.ts';
import { timezone } from './timezone.ts';
import { url } from './url.ts';
import { uuid } from './uuid.ts';

const types: Readonly<Record<FieldTypeName, FieldType>> = {
  text,
  email,
  phone,
  boolean,
  date,
  datetime,
  integer,
  decimal,
  money,
  enum: enumeration,
  tags,
  json,
  url,
  country,
  currency,
  timezone,
  uuid,
  reference,
};

export function fieldType(name: FieldTypeName): FieldType {
  return types[name];
}

/** For the reference, in the order of the specification. */
export const fieldTypes: readonly FieldType[] = Object.values(types);
