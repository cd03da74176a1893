/**
 * A preset is what is known of a vendor's customer file: the columns that give it away, which of them feed which
 * field, and what they do to the values. It speaks only of columns that a reader without that knowledge would get
 * wrong or miss; the rest is suggested as for any other file.
 */
import { normaliseSpelling } from '../../../field-types/spelling.ts';
import type { ColumnMapping } from '../mapping.ts';
import type { Transformation } from '../transformations.ts';

/** A column of the vendor's file, and what its values need. */
export type PresetSource = string | PresetColumn;

export interface PresetColumn {
  readonly column: string;
  readonly transformations?: readonly Transformation[];
  /** How its cells are to be read, where the vendor settles what the values leave open. */
  readonly reading?: ColumnMapping['reading'];
}

export interface Preset {
  readonly key: string;
  /** "Shopify customers": how a sentence names the file. */
  readonly label: string;
  readonly dataset: string;
  /** Sets of headers; a file that has all of one set is this vendor's. */
  readonly recognisedBy: readonly (readonly string[])[];
  /** Columns that feed a field, best first: the first one that is there and has values counts. */
  readonly fields: Readonly<Record<string, readonly PresetSource[]>>;
  /** Columns that feed nothing, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** @param headers the names of the file's columns. */
export function recognisePreset(
  presets: readonly Preset[],
  dataset: string,
  headers: readonly string[],
): Preset | undefined {
  const there = new Set(headers.map(normaliseSpelling));
  return presets.find(
    (preset) =>
      preset.dataset === dataset &&
      preset.recognisedBy.some((set) => set.every((header) => there.has(normaliseSpelling(header)))),
  );
}

export function presetColumn(source: PresetSource): PresetColumn {
  return typeof source === 'string' ? { column: source } : source;
}
