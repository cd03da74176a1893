/**
 * Suggests which column of a file feeds which field: by what is known of the vendor's file, by the column's header,
 * and by its values. Each column has its reason, the ones left out too.
 */
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { Inspection } from '../../file-formats/rows.ts';
import { type Assignment, assignColumns } from './assign-columns.ts';
import { isCandidate, type Opinion, opinionOf, type SampledColumn } from './column-opinion.ts';
import type { OwnIds } from './customer-id.ts';
import { headerReader } from './header-reading.ts';
import { joinColumns } from './join-columns.ts';
import { columnsOfLines } from './line-columns.ts';
import { type ColumnMapping, leftOut, type Mapping } from './mapping.ts';
import { presetOpinions } from './preset-opinions.ts';
import { type Preset, recognisePreset } from './presets/preset.ts';
import { presets as shippedPresets } from './presets/vendors.ts';

export interface SuggestOptions {
  /** Those that ship, unless given. */
  readonly presets?: readonly Preset[];
  /** What the tenant's own ids and numbers are; told by their form unless given. */
  readonly ownIds?: OwnIds;
}

/** @returns an entry for each column of the file, in the file's order. A field is fed by at most one column. */
export function suggestMapping(
  dataset: Dataset,
  inspection: Inspection,
  options: SuggestOptions = {},
): Mapping {
  const columns = sampleColumns(inspection);
  const names = columns.map((column) => column.name);
  const preset = recognisePreset(options.presets ?? shippedPresets, dataset.key, names);
  const opinions = opinionsOf(dataset, columns, preset, options);
  const assignment = assignFitting(dataset, inspection, columns, opinions);
  const entries = columns.map(({ name }) => entryOf(name, assignment, opinions.get(name), dataset));
  return { preset: preset?.key ?? null, columns: joinColumns(dataset, entries), write: {} };
}

function sampleColumns(inspection: Inspection): SampledColumn[] {
  return inspection.columns.map(({ index, name, within }) => ({
    name,
    ...(within !== undefined && { within }),
    samples: inspection.sample.map((row) => row[index]?.trim() ?? '').filter((text) => text !== ''),
  }));
}

/** By column. What a preset says of a column stands; the others are judged by themselves. */
function opinionsOf(
  dataset: Dataset,
  columns: readonly SampledColumn[],
  preset: Preset | undefined,
  options: SuggestOptions,
): Map<string, Opinion> {
  const all = preset === undefined ? [] : presetOpinions(preset, dataset, columns);
  // What a vendor's file has beside the fields there are may be a field of the tenant's own.
  const known = all.filter((opinion) => isCandidate(opinion) || !isOwnField(dataset, opinion.column));
  const opinions = new Map(known.map((opinion) => [opinion.column, opinion]));
  const judge = { dataset, reader: headerReader(dataset), ownIds: options.ownIds };
  for (const column of columns) {
    if (!opinions.has(column.name)) opinions.set(column.name, opinionOf(column, judge));
  }
  return opinions;
}

/** What turns out to be a line's leaves its field to the next column. */
function assignFitting(
  dataset: Dataset,
  inspection: Inspection,
  columns: readonly SampledColumn[],
  opinions: Map<string, Opinion>,
): Assignment {
  for (;;) {
    const assignment = assignColumns([...opinions.values()].filter(isCandidate), columns);
    const ofLines = columnsOfLines(dataset, assignment, inspection);
    if (ofLines.length === 0) return assignment;
    for (const opinion of ofLines) opinions.set(opinion.column, opinion);
  }
}

function isOwnField(dataset: Dataset, header: string): boolean {
  const key = dataset.keyFor(header);
  return key !== undefined && dataset.field(key).custom !== undefined;
}

function entryOf(
  column: string,
  assignment: Assignment,
  opinion: Opinion | undefined,
  dataset: Dataset,
): ColumnMapping {
  const taken = assignment.get(column);
  if (taken !== undefined) {
    const { field, confidence, reason, transformations, reading } = taken;
    return {
      column,
      field,
      transformations: [...transformations],
      reading,
      confidence: round(confidence),
      reason,
    };
  }
  if (opinion === undefined || !isCandidate(opinion)) return leftOut(column, opinion?.against ?? '');
  const rival = [...assignment.values()].find((candidate) => candidate.field === opinion.field);
  const { label } = dataset.field(opinion.field);
  return leftOut(
    column,
    rival === undefined
      ? `It is not part of the address chosen.`
      : `“${rival.column}” is the better ${label}.`,
  );
}

/** Hundredths are as fine as a guess gets. */
function round(confidence: number): number {
  return Math.round(confidence * 100) / 100;
}
