/** Finds the array of rows in a JSON text: the one with the most objects in it. */
import { AppError } from '../../platform/errors.ts';
import { Problem } from '../../platform/problems.ts';
import { pointerTo } from '../json/json.ts';
import { type JsonElement, JsonStructure } from '../json/json-structure.ts';
import { readJsonRow } from '../json/json-value.ts';
import type { ReadLimits } from '../limits.ts';
import { isHeaderRow } from './sniff-header.ts';

export interface JsonRowsFound {
  readonly rowsAt: string | undefined;
  /** Rows that are arrays: does the first name the columns? */
  readonly header: boolean;
}

interface Tally {
  readonly pointer: string;
  objects: number;
  arrays: number;
  others: number;
  readonly first: string[][];
}

const openBrace = 0x7b;
const openBracket = 0x5b;
const rowsLooked = 20;

/**
 * @param head UTF-8, the beginning of the text.
 * @throws AppError file.unreadable when there are no rows in it.
 */
export function sniffJsonRows(head: Buffer, limits: ReadLimits): JsonRowsFound {
  const tallies = tally(head, limits);
  const most = (count: (tally: Tally) => number) =>
    tallies.filter((tally) => count(tally) > 0).toSorted((a, b) => count(b) - count(a))[0];
  const objects = most((tally) => tally.objects);
  if (objects !== undefined) return { rowsAt: objects.pointer, header: true };
  const arrays = most((tally) => tally.arrays);
  if (arrays !== undefined) return { rowsAt: arrays.pointer, header: isHeaderRow(arrays.first) };
  const root = tallies.find((tally) => tally.pointer === '');
  if (root !== undefined && root.others > 0) {
    throw new AppError(
      'file.unreadable',
      'The JSON is a list of plain values; rows must be objects, or lists.',
    );
  }
  const empty = tallies.filter((tally) => tally.others === 0);
  if (root !== undefined || empty.length === 1)
    return { rowsAt: (root ?? empty[0])?.pointer ?? '', header: true };
  if (!/^\s*\{/.test(head.toString('utf8', 0, 256))) {
    throw new AppError('file.unreadable', 'The JSON is a plain value; rows must be a list of objects.');
  }
  return { rowsAt: undefined, header: true };
}

function tally(head: Buffer, limits: ReadLimits): Tally[] {
  const tallies = new Map<string, Tally>();
  const at = (path: readonly string[]) => {
    const pointer = pointerTo(path);
    const found = tallies.get(pointer) ?? { pointer, objects: 0, arrays: 0, others: 0, first: [] };
    tallies.set(pointer, found);
    return found;
  };
  const structure = new JsonStructure({
    depthMax: limits.jsonDepthMax,
    rootsAreRows: false,
    onArray: at,
    onElement: (element) => count(at(element.path), element, head),
  });
  structure.scan(head, 0, head.length, 0);
  return [...tallies.values()];
}

function count(tally: Tally, { first, begin, end }: JsonElement, head: Buffer): void {
  if (first === openBrace) tally.objects++;
  else if (first === openBracket) tally.arrays++;
  else tally.others++;
  if (first !== openBracket || tally.first.length >= rowsLooked) return;
  const row = readJsonRow(head.toString('utf8', begin, end));
  if (!(row instanceof Problem)) tally.first.push([...row.cells]);
}
