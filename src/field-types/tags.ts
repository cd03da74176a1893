/**
 * Tags: names in a list, canonically a PostgreSQL text[]. In a cell they stand between commas or semicolons; a
 * list of quoted names (Mailchimp's `"new","vip"`) and a JSON array are read too. They are trimmed, in order, and
 * each stands once whatever its case, in the spelling that came first.
 *
 * A tag cannot hold a comma or a semicolon, so that every list can be written in one cell. A tag that begins with
 * a quote or an opening bracket is written in quotes, its own quotes doubled.
 */
import { Problem } from '../platform/problems.ts';
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { arrayElements, arrayLiteral } from './postgres-array.ts';
import { remembering } from './remember.ts';
import { guard, isErrorValue } from './spreadsheet-marks.ts';
import { readText } from './text.ts';

const separator = /[,;]/;

export const tags: FieldType = {
  name: 'tags',
  accepts: 'Names separated by commas or semicolons; quoted names, or a JSON array of texts.',
  sqlType: 'text[]',
  reader: (field) => {
    const max = field.max ?? Number.POSITIVE_INFINITY;
    return remembering((cell) => canonical(jsonNames(cell) ?? listedNames(cell), max), listsKept);
  },
  write: (value, profile) => {
    const list = arrayElements(value).map(written).join(', ');
    return profile === 'spreadsheet' ? guard(list) : list;
  },
};

/** The same few lists stand in most files again and again. */
const listsKept = 1000;

function canonical(names: readonly string[], max: number): string | null | Problem {
  const kept: string[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    const tag = readText(name.trim(), max);
    if (tag instanceof Problem) return tag;
    if (isErrorValue(tag)) return cellProblem('value.spoiled', tag);
    if (separator.test(tag)) return cellProblem('tags.separator', tag);
    const key = tag.toLowerCase();
    if (tag === '' || seen.has(key)) continue;
    seen.add(key);
    kept.push(tag);
  }
  return kept.length === 0 ? null : arrayLiteral(kept);
}

function jsonNames(cell: string): string[] | undefined {
  if (!cell.startsWith('[') || !cell.endsWith(']')) return undefined;
  try {
    const parsed: unknown = JSON.parse(cell);
    return Array.isArray(parsed) && parsed.every(isName) ? parsed.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function isName(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function listedNames(cell: string): string[] {
  if (!cell.includes('"')) return cell.split(separator);
  const names: string[] = [];
  let rest = cell;
  while (rest !== '') {
    const { name, length } = firstName(rest);
    names.push(name);
    rest = rest.slice(length);
  }
  return names;
}

/** A quoted name up to a separator or the end. The closing quote must stand there, or the quotes are text. */
const quotedName = /^\s*"((?:[^"]|"")*)"\s*(?:[,;]|$)/;

/** The name a list begins with, and how many characters it takes with its separator. */
function firstName(list: string): { name: string; length: number } {
  const quoted = quotedName.exec(list);
  if (quoted !== null) return { name: (quoted[1] ?? '').replaceAll('""', '"'), length: quoted[0].length };
  const end = list.search(separator);
  return end < 0 ? { name: list, length: list.length } : { name: list.slice(0, end), length: end + 1 };
}

function written(tag: string): string {
  return tag.startsWith('"') || tag.startsWith('[') ? `"${tag.replaceAll('"', '""')}"` : tag;
}
