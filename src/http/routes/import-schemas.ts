/** What an import looks like from outside. */
import { z } from 'zod';
import { datasets } from '../../datasets/registry.ts';
import { rests } from '../../import/rest.ts';
import type { ImportRun } from '../../import/run.ts';
import { type Caller, may } from '../../tenants/caller.ts';
import { instant, instantOrNull } from '../instant.ts';

const counts = {
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  failed: z.int(),
} as const;

const sampleSchema = z.object({
  row: z.int(),
  record: z.string(),
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
});

const reportSchema = z.object({
  create: z.int(),
  update: z.int(),
  unchanged: z.int(),
  skip: z.int(),
  fail: z.int().describe('Rows that fail by the plan, and those that were invalid'),
  by_code: z.record(z.string(), z.int()),
  changed: z.record(z.string(), z.int()).describe('Records in which each field would change'),
  made: z
    .record(z.string(), z.int())
    .describe('Records of other datasets that are made, since rows name them and nobody has them'),
  without_key: z.int().describe('Rows to create that have no key: the same file would create them again'),
  samples: z.array(sampleSchema),
});

export const importSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    state: z.string(),
    resting: z.boolean().describe('Whether it stands there until somebody asks for something'),
    file_name: z.string(),
    file_bytes: z.number(),
    file_sha256: z.string(),
    mode: z.string(),
    atomic: z.boolean(),
    read: z.int().nullable().describe('Rows of the file; null before it was read'),
    ...counts,
    report: reportSchema.nullable().describe('What the check found; null before it'),
    undo: z.object({ removed: z.int(), restored: z.int(), left_alone: z.int() }).nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    created_by: z.string().nullable(),
    created_at: z.string(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: 'Import' });

export type ImportDocument = z.infer<typeof importSchema>;

/** The five counts of a run that was only checked are those of its plan. */
export function importDocument(run: ImportRun, caller: Caller): ImportDocument {
  return {
    id: run.id,
    dataset: run.dataset.key,
    state: run.state,
    resting: rests(run),
    file_name: run.fileName,
    file_bytes: run.fileBytes,
    file_sha256: run.fileSha256,
    mode: run.options.mode,
    atomic: run.options.atomic,
    read: run.rowsRead,
    created: run.created,
    updated: run.updated,
    unchanged: run.unchanged,
    skipped: run.skipped,
    failed: run.failed,
    report: reportOf(run, caller),
    undo: undoOf(run),
    failure: run.failure,
    created_by: run.createdBy,
    created_at: instant(run.createdAt),
    finished_at: instantOrNull(run.finishedAt),
  };
}

function undoOf({ undoReport }: ImportRun): ImportDocument['undo'] {
  if (undoReport === null) return null;
  return { removed: undoReport.removed, restored: undoReport.restored, left_alone: undoReport.leftAlone };
}

function reportOf(run: ImportRun, caller: Caller): ImportDocument['report'] {
  const { report } = run;
  if (report === null) return null;
  const hidden = hiddenFields(run, caller);
  const shown = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !hidden.has(key)));
  return {
    create: report.create,
    update: report.update,
    unchanged: report.unchanged,
    skip: report.skip,
    fail: report.fail + (run.rowsInvalid ?? 0),
    by_code: { ...report.byCode },
    changed: { ...report.changed },
    made: { ...report.made },
    without_key: report.withoutKey,
    samples: may(caller, `${run.dataset.key}:read`)
      ? report.samples.map(({ row, record, before, after }) => ({
          row,
          record,
          before: shown(before),
          after: shown(after),
        }))
      : [],
  };
}

/** Sensitive fields, to whom may not read them. */
function hiddenFields({ dataset }: ImportRun, caller: Caller): ReadonlySet<string> {
  if (may(caller, `${dataset.key}:read_sensitive`)) return new Set();
  return new Set(dataset.fields.filter((field) => field.sensitive === true).map((field) => field.key));
}

export const yesOrNo = z.stringbool({ truthy: ['true', '1', 'yes'], falsy: ['false', '0', 'no'] });
const several = z.union([z.string(), z.array(z.string()).max(1000)]).transform((said) => [said].flat());

export const datasetKey = z.enum(datasets.map(({ key }) => key) as [string, ...string[]]);

/** What may be said of a new run; in the address, or as fields of a form. */
export const newImportSchema = z.strictObject({
  dataset: datasetKey.default('customers'),
  name: z.string().min(1).max(255).optional().describe('What the file is called'),
  id: z.uuid().optional().describe('An id made by the client: a file sent twice under it is one import'),
  until: z
    .enum(['mapped', 'checked', 'committed'])
    .default('checked')
    .describe('How far the run goes by itself; nothing is written before `committed`'),
  mode: z.enum(['create', 'update', 'upsert']).default('upsert'),
  match: z.string().max(1000).optional().describe('Match keys in order, separated by commas'),
  require: z.string().max(1000).optional().describe('Fields without which nothing is created'),
  empty: z
    .enum(['keep', 'clear'])
    .default('keep')
    .describe('What an empty cell does to a value that is there'),
  duplicates: z.enum(['last', 'first', 'merge', 'fail']).default('last'),
  deleted: z.enum(['restore', 'skip']).default('restore'),
  atomic: yesOrNo.default(false).describe('All rows or none'),
  create_groups: yesOrNo.default(true),
  create_missing: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Datasets whose records are made where a row names one by its address and nobody has it: `customers` makes guests of those who ordered',
    ),
  map: several.optional().describe('`Column=field`; may be repeated'),
  new_field: several
    .optional()
    .describe('`Column=key:type` keeps a column as a field of your own, made on the spot; may be repeated'),
  write: several.optional().describe('`field=rule`; may be repeated'),
  dates: z.enum(['dmy', 'mdy', 'ymd']).optional(),
  decimal: z.enum(['.', ',']).optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .optional()
    .describe('For phone numbers that name none'),
  encoding: z.string().max(40).optional(),
  delimiter: z.string().length(1).optional(),
  absent: z
    .string()
    .max(40)
    .optional()
    .describe(
      'What stands for no value in delimited text, such as NULL, instead of what is found; empty for nothing',
    ),
  sheet: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Of a workbook: the name of a sheet, or its place from 1 on; else the first with anything in it',
    ),
});

export type NewImport = z.output<typeof newImportSchema>;
