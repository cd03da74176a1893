/** What is thought of one column of a file, before the columns are weighed against each other. */
import type { Dataset } from '../../datasets/define-dataset.ts';
import type { DateOrder, FieldTypeName } from '../../field-types/field-type.ts';
import { zoneNamed } from '../../field-types/timezone.ts';
import { areObjects, objects, valuesAgainst, valuesFor } from './column-values.ts';
import { countsRows, decideCustomerId, idHeader, isDistinct, isUuid, type OwnIds } from './customer-id.ts';
import { type Family, ownFamily } from './header-families.ts';
import { type HeaderGuess, type HeaderReader, leastConfidence } from './header-reading.ts';
import type { ColumnMapping } from './mapping.ts';
import type { Transformation } from './transformations.ts';

/** A column of the file with its sample values, trimmed, blank ones left out. */
export interface SampledColumn {
  readonly name: string;
  readonly samples: readonly string[];
  /** The column whose objects this one is a part of. */
  readonly within?: string;
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
  // What a field keeps as an object is kept whole.
  if (keepsObjects(options.dataset, column.within))
    return { column: column.name, against: `It is a part of “${column.within}”.` };
  if (countsRows(column.name, column.samples)) return { column: column.name, against: 'It counts the rows.' };
  return ofRecordId(column, options) ?? ofHeader(column, options) ?? ofValues(column, options);
}

function keepsObjects(dataset: Dataset, key: string | undefined): boolean {
  return key !== undefined && dataset.has(key) && dataset.field(key).type === 'json';
}

/** Which confidence a kind of header earns that names the record itself. */
const idConfidence = { customer: 0.985, plain: 0.95, other: 0.8, foreign: 0.7 } as const;

function ofRecordId(
  { name, samples }: SampledColumn,
  { dataset, ownIds }: OpinionOptions,
): Opinion | undefined {
  const kind = idHeader(name);
  if (kind === undefined) return undefined;
  if (areObjects(samples)) return { column: name, against: objects };
  if (!dataset.has('external_id')) return kind === 'plain' ? ofForeignId(name, samples, dataset) : undefined;
  if (kind === 'plain' && samples.length === 0) return undefined;
  if (kind === 'other' && !isDistinct(samples)) {
    return { column: name, against: 'Its values stand in several rows, so they do not name the record.' };
  }
  const field = decideCustomerId(samples, ownIds);
  const reason = `It names the record, and its values are ${whatIds[field]}.`;
  return { column: name, field, confidence: idConfidence[kind], reason, family: ownFamily, ...plain };
}

/** "ID" over another product's ids, where no field is for them but perhaps one by which records are found. */
function ofForeignId(name: string, samples: readonly string[], dataset: Dataset): Opinion | undefined {
  if (samples.length === 0 || samples.some(isUuid)) return undefined;
  const field = foreignIdFields[dataset.key];
  if (field === undefined)
    return {
      column: name,
      against: `Its values are another product’s ids, for which ${dataset.key} have no field.`,
    };
  const reason = `It names the record, and its values are ${whatIds.external_id}.`;
  return { column: name, field, confidence: idConfidence.foreign, reason, family: ownFamily, ...plain };
}

const foreignIdFields: Readonly<Record<string, string>> = { orders: 'number', pins: 'pinterest_pin_id' };

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
  if (against !== undefined) return { column: column.name, against };
  const candidate = fromGuess(column, guess);
  return { ...candidate, reading: { ...candidate.reading, ...readingInHeader(column.name, field.type) } };
}

/** What a header says of how its cells are read: the order of a date, the zone of a time. */
function readingInHeader(header: string, type: FieldTypeName): ColumnMapping['reading'] {
  if (type !== 'date' && type !== 'datetime') return {};
  const order = dateOrders.find(([written]) => written.test(header))?.[1];
  const timezone = type === 'datetime' ? zoneInHeader(header) : undefined;
  return { ...(order && { dateOrder: order }), ...(timezone && { timezone }) };
}

/** "Birthday (DD/MM/YYYY)", also with the letters that German and the Romance languages have for day and year. */
const dateOrders: readonly (readonly [RegExp, DateOrder])[] = [
  [/\b(?:dd?|tt?|jj?|gg?)[-/. ]?mm?[-/. ]?(?:yy|jj|aa){1,2}\b/i, 'dmy'],
  [/\bmm?[-/. ]?dd?[-/. ]?(?:yy){1,2}\b/i, 'mdy'],
  [/\b(?:yy|jj|aa){1,2}[-/. ]?mm?[-/. ]?(?:dd?|tt?|jj?|gg?)\b/i, 'ymd'],
];

/** "Created (UTC)", "Signed up (America/New_York)": the zone on whose clock the column's times are. */
function zoneInHeader(header: string): string | undefined {
  const said = /\(([^()]+)\)\s*$/.exec(header)?.[1]?.trim() ?? '';
  if (/^(?:utc|gmt)(?:[+-]0{1,2}(?::?00)?)?$/i.test(said)) return 'UTC';
  return said.includes('/') ? zoneNamed(said) : undefined;
}

function fromGuess({ name }: SampledColumn, guess: HeaderGuess): Candidate {
  const { field, confidence, reason, family } = guess;
  const known = { column: name, field, confidence, family };
  if (guess.opposite !== true) return { ...known, reason, ...plain };
  return {
    ...known,
    reason: `${reason} It says the opposite, so yes is read as no.`,
    transformations: [],
    reading: { opposite: true },
  };
}

function ofValues({ name, samples }: SampledColumn, { dataset }: OpinionOptions): Opinion {
  const found = valuesFor(dataset, name, samples);
  if (found === undefined) return { column: name, against: 'No field is known by this name.' };
  return { column: name, ...found, family: ownFamily, ...plain };
}
