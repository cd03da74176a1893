/**
 * Values for the cells of a workbook, in SQL. They are what a file of the same profile shows, but that nothing is
 * guarded, since a cell of text is never a formula, and that Yes and No are the spreadsheet's own.
 */
import type { FieldDefinition } from '../datasets/define-dataset.ts';
import type { FieldTypeName } from '../field-types/field-type.ts';
import type { CellKind } from '../file-formats/xlsx/sheet-rows.ts';
import { type FormatContext, textSql } from './format.ts';

/** What a column of the type holds. Times for programs have their offset, which no cell but one of text keeps. */
export const cellKinds: Readonly<Record<FieldTypeName, CellKind>> = {
  text: 'text',
  email: 'text',
  phone: 'text',
  url: 'text',
  country: 'text',
  currency: 'text',
  timezone: 'text',
  uuid: 'text',
  reference: 'text',
  enum: 'text',
  tags: 'text',
  json: 'text',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  money: 'money',
  date: 'date',
  datetime: 'datetime',
};

/** @param value SQL of the value as the database keeps it. @returns SQL of what `workbookStream` takes. */
export function typedSql(value: string, field: FieldDefinition, context: FormatContext): string {
  return field.type === 'boolean' ? value : textSql(value, field, { ...context, guarded: false });
}

/** As the columns of an export's file are. */
export function cellKindOf({ type }: FieldDefinition, { daysOnly, profile }: FormatContext): CellKind {
  if (type === 'datetime' && daysOnly === true) return 'date';
  return type === 'datetime' && profile === 'data' ? 'text' : cellKinds[type];
}
