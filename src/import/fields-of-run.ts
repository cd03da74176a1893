/** What a run's mapping means for its dataset: the SQL of its fields, and the targets that read its columns. */

import type { ColumnReading } from '../field-types/field-type.ts';
import type { Tenant } from '../tenants/tenants.ts';
import { type Mapping, mappedFields } from './mapping/mapping.ts';
import { missingReferences } from './missing/named-missing.ts';
import type { ImportRun } from './run.ts';
import { type RunFields, runFields } from './sql/run-fields.ts';

/** The mapping of a run that has one. */
export function mappingOf(run: ImportRun): Mapping {
  if (run.mapping === null) throw new Error(`The import ${run.id} has no mapping yet.`);
  return run.mapping;
}

export function fieldsOfRun(run: ImportRun): RunFields {
  const mapping = mappingOf(run);
  const mapped = mappedFields(mapping);
  const implied = (run.dataset.implied?.(mapped) ?? []).filter((key) => run.dataset.has(key));
  const clears = run.options.empty === 'clear' ? mapped : new Set<string>();
  const staged = new Set([...mapped, ...implied]);
  return runFields(run.dataset, {
    staged,
    mapped,
    write: mapping.write,
    clears,
    missing: missingReferences(run, staged),
  });
}

/** What holds for every column of a run, unless a column says otherwise. */
export function commonReading(run: ImportRun, tenant: Tenant): ColumnReading {
  return {
    timezone: tenant.timezone,
    currency: tenant.currency,
    language: tenant.language,
    spreadsheetMarks: !hasCanonicalHeader(run) && !isWorkbook(run),
    ...(run.inspection?.dialect.dateBase === undefined ? {} : { dateBase: run.inspection.dialect.dateBase }),
    ...(tenant.country === null ? {} : { country: tenant.country }),
    ...run.options.reading,
  };
}

/** A header of nothing but our own keys was written by a program: no spreadsheet has marked its cells. */
function hasCanonicalHeader(run: ImportRun): boolean {
  const columns = (run.inspection?.columns ?? []).filter(({ within }) => within === undefined);
  return columns.every((column) => run.dataset.has(column.name));
}

/** A text in a workbook is as it is: no cell of one needs a mark. */
function isWorkbook({ inspection }: ImportRun): boolean {
  return inspection?.dialect.format === 'xlsx';
}
