/**
 * Many records of a kind in the columns of one: `addresses:3` becomes the columns of three addresses of each customer, in
 * the order in which they are shown. They are for people and programs that want one line a customer. An import passes
 * them over: addresses come in as records of their own.
 */
import { identifier } from '../database/literal.ts';
import type { Dataset, FieldDefinition, Part } from '../datasets/define-dataset.ts';
import type { RecordSql } from '../datasets/query/record-sql.ts';
import { datasets } from '../datasets/registry.ts';
import { AppError } from '../platform/errors.ts';

const numberedMax = 20;

/** A choice of a column, whose field is no field of the dataset. */
export interface NumberedColumn {
  readonly field: string;
  readonly numbered: FieldDefinition;
  readonly value: (record: RecordSql) => string;
}

/**
 * @returns undefined where the choice is of a field, and of nothing that can be numbered.
 * @throws AppError `export.invalid` for a number out of bounds, and for a header, since there are many columns.
 */
export function numberedColumns(
  dataset: Dataset,
  choice: { readonly field: string; readonly header?: string | undefined },
): NumberedColumn[] | undefined {
  const [, name = '', digits = ''] = /^([a-z_]+):(\d{1,9})$/.exec(choice.field) ?? [];
  const found = childNamed(dataset, name);
  if (found === undefined) return undefined;
  const amount = Number(digits);
  if (amount < 1 || amount > numberedMax)
    throw new AppError('export.invalid', `"${choice.field}" is out of bounds: 1 to ${numberedMax}.`);
  if (choice.header !== undefined)
    throw new AppError('export.invalid', `"${choice.field}" is many columns, and takes no header.`);
  const { part, child } = found;
  const fields = child.fields.filter((field) => field.exportable && field.type !== 'reference');
  return Array.from({ length: amount }, (_, i) => i + 1).flatMap((number) =>
    fields.map((field) => numberedColumn(field, { child, part, number })),
  );
}

interface Child {
  /** Of the dataset whose records have many of the other's. */
  readonly part: Part;
  readonly child: Dataset;
}

function childNamed({ parts }: Dataset, name: string): Child | undefined {
  const child = datasets.find(({ key }) => key === name);
  const part = parts.find(({ kind, key }) => kind === 'child' && key === child?.partOf?.part);
  return child === undefined || part === undefined ? undefined : { child, part };
}

/** `address_2_city`, "Address 2 City". */
function numberedColumn(
  field: FieldDefinition,
  { child, part, number }: Child & { readonly number: number },
): NumberedColumn {
  const { singular } = child;
  const label = singular.charAt(0).toUpperCase() + singular.slice(1);
  const numbered = {
    ...field,
    key: `${singular}_${number}_${field.key.replace(`${singular}_`, '')}`,
    label: `${label} ${number} ${field.label.replace(`${label} `, '')}`,
  };
  const column = identifier(field.column ?? field.key);
  return {
    field: numbered.key,
    numbered,
    value: (record: RecordSql) => `${record.nth(part.key, number)}.${column}`,
  };
}
