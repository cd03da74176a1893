/** Weighs the columns of a file against each other: a field takes one column, and an address is one address. */
import { normaliseSpelling } from '../../field-types/spelling.ts';
import type { Candidate, SampledColumn } from './column-opinion.ts';
import { defaultAddress, type Family, ownFamily } from './header-families.ts';
import { leastConfidence, secondFields } from './header-reading.ts';

/** The candidate that each column got through with, by column. */
export type Assignment = ReadonlyMap<string, Candidate>;

export function assignColumns(
  candidates: readonly Candidate[],
  columns: readonly SampledColumn[],
): Assignment {
  const filled = new Map(columns.map((column) => [column.name, column.samples.length]));
  const ofOneAddress = keepOneAddress(candidates, filled);
  const byField = takeBest(ofOneAddress);
  giveSeconds(byField, ofOneAddress);
  promoteSeconds(byField);
  readNameAsLastName(byField);
  readNameAsFirstName(byField, columns);
  return new Map([...byField.values()].map((candidate) => [candidate.column, candidate]));
}

// biome-ignore format: a table reads better in lines that are full.
const addressFields = new Set([
  'address_line1', 'address_line2', 'city', 'state_province', 'postal_code', 'country', 'country_code', 'latitude', 'longitude',
  'address_label', 'address_type', 'recipient_name', 'address_company', 'address_phone', 'delivery_instructions',
]);

/** Columns that stand by themselves may fill what the chosen address lacks, but weigh less than its own. */
const weightOfStrays = 0.8;

/** Of several addresses in a row, the columns of one. */
function keepOneAddress(candidates: readonly Candidate[], filled: ReadonlyMap<string, number>): Candidate[] {
  const chosen = chooseAddress(candidates, filled);
  return candidates.flatMap((candidate) => {
    const { family } = candidate;
    if (!addressFields.has(candidate.field) || family === null || family.name === chosen.name)
      return [candidate];
    // "Address Street" among "City" and "Zip" says no more than that it belongs to the address.
    const isOfOwn = chosen.name === ownFamily.name && family.name === defaultAddress;
    if (family.name !== ownFamily.name && !isOfOwn) return [];
    return [{ ...candidate, confidence: candidate.confidence * weightOfStrays }];
  });
}

interface Fullness {
  readonly family: Family;
  readonly fields: Set<string>;
  cells: number;
}

/** The first in rank among those about as wide and as full as the widest and fullest; failing that, the fullest. */
function chooseAddress(candidates: readonly Candidate[], filled: ReadonlyMap<string, number>): Family {
  const addresses = new Map<string, Fullness>();
  for (const { family, field, column } of candidates) {
    if (family === null || !addressFields.has(field)) continue;
    const address = addresses.get(family.name) ?? { family, fields: new Set(), cells: 0 };
    address.fields.add(field);
    address.cells += filled.get(column) ?? 0;
    addresses.set(family.name, address);
  }
  const all = [...addresses.values()];
  const widest = Math.max(0, ...all.map(({ fields }) => fields.size));
  const fullest = Math.max(0, ...all.map(({ cells }) => cells));
  const [chosen] = all
    .filter(({ fields, cells }) => fields.size >= widest / 2 && cells >= fullest / 2)
    .sort((a, b) => a.family.rank - b.family.rank);
  return (chosen ?? all.toSorted((a, b) => b.cells - a.cells)[0])?.family ?? ownFamily;
}

/** By field; of equally sure columns the first in the file. */
function takeBest(candidates: readonly Candidate[]): Map<string, Candidate> {
  const byField = new Map<string, Candidate>();
  for (const candidate of candidates.toSorted((a, b) => b.confidence - a.confidence)) {
    if (candidate.confidence >= leastConfidence && !byField.has(candidate.field))
      byField.set(candidate.field, candidate);
  }
  return byField;
}

const secondLosesConfidence = 0.1;
const leastForSecond = 0.79;

/** The next best phone is the second phone, where no column has been named for it. */
function giveSeconds(byField: Map<string, Candidate>, candidates: readonly Candidate[]): void {
  const taken = new Set([...byField.values()].map((candidate) => candidate.column));
  for (const [field, second] of Object.entries(secondFields)) {
    const [next] = candidates
      .filter(
        (candidate) =>
          candidate.field === field && !taken.has(candidate.column) && candidate.confidence >= leastForSecond,
      )
      .sort((a, b) => b.confidence - a.confidence);
    if (next === undefined || byField.has(second) || addressFields.has(second)) continue;
    byField.set(second, {
      ...next,
      field: second,
      confidence: next.confidence - secondLosesConfidence,
      reason: `${next.reason} Another column is the first.`,
    });
  }
}

/** A file whose only phone is called a second one has a phone. */
function promoteSeconds(byField: Map<string, Candidate>): void {
  for (const [field, second] of Object.entries(secondFields)) {
    const only = byField.get(second);
    if (only === undefined || byField.has(field) || addressFields.has(second)) continue;
    byField.delete(second);
    byField.set(field, { ...only, field, reason: `${only.reason} It is the only one.` });
  }
}

const mayBeLastName = new Set(['name', 'nom', 'naam', 'namn', 'navn', 'nazwa']);

/** "Vorname, Name" and "Prénom, Nom": beside a first name, a name is the last name. */
function readNameAsLastName(byField: Map<string, Candidate>): void {
  const name = byField.get('display_name');
  if (name === undefined || !mayBeLastName.has(normaliseSpelling(name.column))) return;
  if (!byField.has('first_name') || byField.has('last_name')) return;
  byField.delete('display_name');
  byField.set('last_name', { ...name, field: 'last_name', reason: 'It stands beside a first name.' });
}

/** "Name, Last name", where the names are of one word: beside a last name, they are first names. */
function readNameAsFirstName(byField: Map<string, Candidate>, columns: readonly SampledColumn[]): void {
  const name = byField.get('display_name');
  if (name === undefined || !mayBeLastName.has(normaliseSpelling(name.column))) return;
  if (byField.has('first_name') || !byField.has('last_name')) return;
  const samples = columns.find((column) => column.name === name.column)?.samples ?? [];
  if (samples.length === 0 || samples.some((text) => /\s/.test(text))) return;
  byField.delete('display_name');
  byField.set('first_name', { ...name, field: 'first_name', reason: 'It stands beside a last name.' });
}
