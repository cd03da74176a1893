/**
 * A tenant's own fields. A tenant's dataset is the dataset and the fields that the tenant has defined for it; they are
 * fields like any others, so that mapping, check, merge, history, export and filters derive from them too. Only where
 * they are kept is their own: all values of a record in the JSON column `custom` of its root (stored-value.ts), those of
 * filterable fields also as rows of `custom_values` (value-index.ts).
 */
import type { EnumValue, FieldLimits, FieldTypeName } from '../../field-types/field-type.ts';
import { type Dataset, defineDataset, type FieldDefinition } from '../define-dataset.ts';

/** What a field of a tenant's own may be: anything but a reference, which would need a column. */
export const customTypes = [
  'text',
  'integer',
  'decimal',
  'money',
  'boolean',
  'date',
  'datetime',
  'email',
  'phone',
  'url',
  'enum',
  'tags',
  'country',
  'currency',
  'timezone',
  'uuid',
  'json',
] as const satisfies readonly FieldTypeName[];

export type CustomType = (typeof customTypes)[number];

/** Each where the type has it: see limitsOf in new-custom-field.ts. */
export interface CustomLimits {
  readonly max?: number;
  readonly range?: readonly [min: number, max: number];
  readonly values?: readonly EnumValue[];
}

/** A definition, as far as a dataset is made of it. */
export interface CustomField {
  readonly id: string;
  /** Key of the dataset. */
  readonly dataset: string;
  readonly key: string;
  readonly label: string;
  readonly type: CustomType;
  readonly limits: CustomLimits;
  readonly aliases: readonly string[];
  readonly sensitive: boolean;
  /** Grows when type or limits change. */
  readonly revision: number;
  /** Whether every value stands in `custom_values`. */
  readonly isIndexed: boolean;
  /** See `CustomStorage`. */
  readonly isFrozen?: boolean;
}

/**
 * The dataset with the fields among those given that are its own. One that has the key of a field of the dataset is
 * left out: that can only be where a later version of the program brought the field.
 */
export function withCustomFields(dataset: Dataset, fields: readonly CustomField[]): Dataset {
  const own = fields.filter((field) => field.dataset === dataset.key && !dataset.has(field.key));
  if (own.length === 0) return dataset;
  return defineDataset({
    ...dataset,
    fields: [...dataset.fields, ...own.map((field) => fieldOf(dataset, field))],
  });
}

function fieldOf({ root }: Dataset, field: CustomField): FieldDefinition {
  const { id, revision, isIndexed, isFrozen, aliases, sensitive } = field;
  return {
    key: field.key,
    label: field.label,
    type: field.type,
    ...field.limits,
    aliases,
    importable: 'yes',
    exportable: true,
    part: root.key,
    sensitive,
    custom: { id, revision, isIndexed, ...(isFrozen === undefined ? {} : { isFrozen }) },
  };
}

/** The fields of a dataset that are the tenant's own. */
export function customFieldsOf({ fields }: Dataset): readonly FieldDefinition[] {
  return fields.filter((field) => field.custom !== undefined);
}

/** Those of them that are named, as definitions again: what a run keeps of them. */
export function definitionsOf(dataset: Dataset, keys: ReadonlySet<string>): readonly CustomField[] {
  return customFieldsOf(dataset).flatMap(({ custom, key, label, type, max, range, values, ...field }) => {
    if (custom === undefined || !keys.has(key)) return [];
    const limits: CustomLimits = {
      ...(max === undefined ? {} : { max }),
      ...(range === undefined ? {} : { range }),
      ...(values === undefined ? {} : { values }),
    };
    const { aliases = [], sensitive = false } = field;
    const named = { dataset: dataset.key, key, label, type: type as CustomType, limits, aliases, sensitive };
    return [{ ...named, id: custom.id, revision: custom.revision, isIndexed: custom.isIndexed }];
  });
}

/** The definition as one that reads a cell: what a field type wants to know. */
export function limitsOfCustom({
  key,
  label,
  type,
  limits,
}: Pick<CustomField, 'key' | 'label' | 'type' | 'limits'>): FieldLimits {
  return { key, label, type, ...limits };
}
