/** What is thought of one column of a file, before the columns are weighed against each other. */
import type { Dataset } from '../../datasets/define-dataset.ts';
import { valuesAgainst, valuesFor } from './column-values.ts';
import { countsRows, decideCustomerId, idHeader, isDistinct, type OwnIds } from './customer-id.ts';
import { type Family, ownFamily } from './header-families.ts';
import { type HeaderGuess, type HeaderReader, leastConfidence } from './header-reading.ts';
import type { ColumnMapping } from './mapping.ts';
import type { Transformation } from './transformations.ts';

/** A column of the file with its sample values, trimmed, blank ones left out. */
export interface SampledColumn {
  readonly name: string;
  readonly samples: readonly string[];
}

/** A field that a column may feed. */
export interface Candidate {
  readonly column: string;
  readonly field: string;
  readonly confidence: number;
  readonly reason: string;
  /** The address that the column is part of, as far as its header says; null when that is settled. */
  readonly family: Family | null;
  readonly transformations: readonly Transformation[];
  readonly reading: ColumnMapping['reading'];
}

/** Text as it is, read as it will be found. */
const plain = { transformations: [], reading: {} } as const;

/** Why a column feeds nothing. */
export interface Against {
  readonly column: string;
  readonly against: string;
}

export type Opinion = Candidate | Against;

export function isCandidate(opinion: Opinion): opinion is Candidate {
  return 'field' in opinion;
}

export interface OpinionOptions {
  readonly dataset: Dataset;
  readonly reader: HeaderReader;
  readonly ownIds: OwnIds | undefined;
}

export function opinionOf(column: SampledColumn, options: OpinionOptions): Opinion {
  if (countsRows(column.name, column.samples)) return { column: column.name, against: 'It counts the rows.' };
  return ofRecordId(column, options) ?? ofHeader(column, options) ?? ofValues(column, options);
}

/** Which confidence a kind of header earns that names the record itself. */
const idConfidence = { customer: 0.985, plain: 0.95, other: 0.8 } as const;

function ofRecordId(
  { name, samples }: SampledColumn,
  { dataset, ownIds }: OpinionOptions,
): Opinion | undefined {
  const kind = idHeader(name);
  if (kind === undefined || !dataset.has('external_id')) return undefined;
  if (kind === 'plain' && samples.length === 0) return undefined;
  if (kind === 'other' && !isDistinct(samples)) {
    return { column: name, against: 'Its values stand in several rows, so they do not name the record.' };
  }
  const field = decideCustomerId(samples, ownIds);
  const reason = `It names the record, and its values are ${whatIds[field]}.`;
  return { column: name, field, confidence: idConfidence[kind], reason, family: ownFamily, ...plain };
}

const whatIds = {
  id: 'ids of the form used here',
  number: 'customer numbers',
  external_id: 'another product’s',
} as const;

/** @returns undefined when the header says nothing. */
function ofHeader(column: SampledColumn, { dataset, reader }: OpinionOptions): Opinion | undefined {
  const guess = reader.read(column.name);
  if (guess === undefined || guess.confidence < leastConfidence) return undefined;
  const field = dataset.field(guess.field);
  if (field.importable === 'no')
    return { column: column.name, against: `${field.label} cannot be imported.` };
  const against = valuesAgainst(dataset, field, column.samples, guess.by);
  return against === undefined ? fromGuess(column, guess) : { column: column.name, against };
}

function fromGuess({ name }: SampledColumn, { field, confidence, reason, family }: HeaderGuess): Candidate {
  return { column: name, field, confidence, reason, family, ...plain };
}

function ofValues({ name, samples }: SampledColumn, { dataset }: OpinionOptions): Opinion {
  const found = valuesFor(dataset, name, samples);
  if (found === undefined) return { column: name, against: 'No field is known by this name.' };
  return { column: name, ...found, family: ownFamily, ...plain };
}
