/**
 * Short constructors, so that a dataset's fields read as a table: one line a field, with its key, its label and
 * what is special about it. A field is importable and exportable unless its line says otherwise.
 */
import type { EnumValue, FieldTypeName } from '../field-types/field-type.ts';
import type { FieldDefinition, ReferenceTarget } from './define-dataset.ts';

/** A field before it is put into the part that keeps it. */
export type PartlessField = Omit<FieldDefinition, 'part'>;

type Special = Partial<Omit<PartlessField, 'key' | 'label' | 'type' | 'values' | 'reference'>>;

type Constructor = (key: string, label: string, special?: Special) => PartlessField;

function constructorFor(type: FieldTypeName): Constructor {
  return (key, label, special = {}) => ({
    importable: 'yes',
    exportable: true,
    ...special,
    key,
    label,
    type,
  });
}

export const text = constructorFor('text');
export const email = constructorFor('email');
export const phone = constructorFor('phone');
export const boolean = constructorFor('boolean');
export const date = constructorFor('date');
export const datetime = constructorFor('datetime');
export const integer = constructorFor('integer');
export const decimal = constructorFor('decimal');
export const money = constructorFor('money');
export const tags = constructorFor('tags');
export const json = constructorFor('json');
export const url = constructorFor('url');
export const country = constructorFor('country');
export const currency = constructorFor('currency');
export const timezone = constructorFor('timezone');
export const uuid = constructorFor('uuid');

export function choice(
  key: string,
  label: string,
  values: readonly EnumValue[],
  special: Special = {},
): PartlessField {
  return { importable: 'yes', exportable: true, ...special, key, label, type: 'enum', values };
}

/** @param target the dataset it names a record of, and the fields by which a file may name one, in order. */
export function reference(
  key: string,
  label: string,
  target: ReferenceTarget,
  special: Special = {},
): PartlessField {
  return {
    importable: 'yes',
    exportable: true,
    ...special,
    key,
    label,
    type: 'reference',
    reference: target,
  };
}

/** One value of an enumeration: its key, its label, and what other products call it. */
export function value(key: string, label: string, ...aliases: string[]): EnumValue {
  return { key, label, aliases };
}

/** Puts fields into the part that keeps them. */
export function inPart(part: string, fields: readonly PartlessField[]): FieldDefinition[] {
  return fields.map((field) => ({ ...field, part }));
}
