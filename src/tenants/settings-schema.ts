/**
 * What can be set for a tenant, each with its bounds and the value it has when nobody has set it. The database keeps
 * what was set and nothing else, so that a default that changes is everybody's at once.
 */
import { z } from 'zod';
import { AppError } from '../platform/errors.ts';

const days = z.int().min(1).max(3650);
const percentOrOff = z.number().min(0).max(100).nullable();

const retention = {
  /** How long the file of an import is kept after its run has ended. */
  sourceDays: days,
  /** How long rejected rows, and what became of each row, can be fetched; the file of a run that has any is kept as long. */
  rejectDays: days,
  /** How long the file of an export is kept. */
  exportDays: days,
};

const guardRails = {
  /** A run that would fail more of its rows than this is held for a person to look at; null: never. */
  failedPercentMax: percentOrOff,
  /** Likewise for a run that would change more than this of the records there are. */
  changedPercentMax: percentOrOff,
  /** Every run is held until somebody else than its author has approved it. */
  approval: z.boolean(),
};

const permissions = {
  /** Who may write records may import them too. */
  writeGivesImport: z.boolean(),
  /** Who may read records may export them too. */
  readGivesExport: z.boolean(),
};

const keys = {
  /** The longest life of an API key; null: a key may have no end. */
  daysMax: days.nullable(),
};

/** All settings with all their values. */
export const settingsSchema = z.strictObject({
  retention: z.strictObject(retention),
  guardRails: z.strictObject(guardRails),
  permissions: z.strictObject(permissions),
  keys: z.strictObject(keys),
});

/** Some of them: what a change says. */
export const settingsPatchSchema = z.strictObject({
  retention: z.strictObject(retention).partial().optional(),
  guardRails: z.strictObject(guardRails).partial().optional(),
  permissions: z.strictObject(permissions).partial().optional(),
  keys: z.strictObject(keys).partial().optional(),
});

export type TenantSettings = z.infer<typeof settingsSchema>;
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

export const defaultSettings: TenantSettings = {
  retention: { sourceDays: 30, rejectDays: 30, exportDays: 7 },
  guardRails: { failedPercentMax: null, changedPercentMax: null, approval: false },
  permissions: { writeGivesImport: true, readGivesExport: true },
  keys: { daysMax: 365 },
};

/** @param kept what the database keeps: checked when it was written. */
export function withDefaults(kept: SettingsPatch): TenantSettings {
  return {
    retention: filled(defaultSettings.retention, kept.retention),
    guardRails: filled(defaultSettings.guardRails, kept.guardRails),
    permissions: filled(defaultSettings.permissions, kept.permissions),
    keys: filled(defaultSettings.keys, kept.keys),
  };
}

/** Null is a value here, and undefined is none. */
function filled<Group extends object>(
  defaults: Group,
  kept: { readonly [Name in keyof Group]?: Group[Name] | undefined } = {},
): Group {
  const set = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}

/** @throws AppError settings.invalid, naming every setting that there is not, or that cannot have the value. */
export function readPatch(given: unknown): SettingsPatch {
  const read = settingsPatchSchema.safeParse(given);
  if (read.success) return read.data;
  const complaints = read.error.issues.flatMap(complaintsOf);
  throw new AppError('settings.invalid', `The settings are wrong: ${complaints.join('; ')}.`, {
    settings: read.error.issues.flatMap(namesIn),
  });
}

function namesIn(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => [...path, key].join('.'))
    : [path.join('.')];
}

function complaintsOf(issue: z.core.$ZodIssue): string[] {
  return namesIn(issue).map((name) =>
    issue.code === 'unrecognized_keys'
      ? `there is no setting "${name}"`
      : `${name || 'they'}: ${issue.message}`,
  );
}
