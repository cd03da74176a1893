/** Metadata may carry tags, as one of the older systems kept them there: they are the customer's tags. */
import { fieldType } from '../field-types/registry.ts';
import { Problem } from '../platform/problems.ts';
import type { DraftRow } from './define-dataset.ts';

const readTags = fieldType('tags').reader({ key: 'tags', label: 'Tags', type: 'tags' }, {});

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The reviver's third argument and `rawJSON` are in the engine (JSON.parse source text access), not yet in the types. */
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };

/**
 * Checks that metadata is an object, and takes tags out of it.
 * @param given the tags that the row has itself, which stand; those in the metadata are taken out either way.
 */
export function readMetadata(row: DraftRow, given: string | null): void {
  const text = row.get('metadata');
  if (text === null) return;
  if (!text.startsWith('{')) row.fail('metadata', 'json.shape', { reason: 'Metadata is an object' });
  else if (text.includes('"tags"')) moveTags(row, text, given);
}

function moveTags(row: DraftRow, text: string, given: string | null): void {
  const { tags, ...rest } = parseWithSource(text, keepDigits) as Record<string, unknown>;
  if (!isTextList(tags)) return;
  row.set('metadata', JSON.stringify(rest));
  if (given !== null || tags.length === 0) return;
  const read = readTags(JSON.stringify(tags));
  if (read instanceof Problem) row.fail('metadata', read.code, read.details);
  else row.set('tags', read);
}

/** A number stays as it was written, even where a double would not hold it. */
function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? rawJSON(source)
    : value;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
