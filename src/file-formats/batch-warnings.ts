/** What is odd about the rows of a batch of delimited text that are read all the same. */
import { isAscii } from 'node:buffer';
import { findMojibake } from './encodings/mojibake.ts';
import type { RowBatch, RowFault } from './rows.ts';

/** What is looked at of a batch. */
export interface WarnedBatch extends Omit<RowBatch, 'warnings'> {
  /** The UTF-8 of its rows. */
  bytes(): Buffer;
  /** The same, each byte as a character. */
  latin1(): string;
  keptWidth(i: number): number;
  /** Has the cell bytes beyond ASCII? */
  isHigh(i: number, column: number): boolean;
}

/**
 * UTF-8 of two characters that show one of UTF-8 read as something else, seen as Latin-1: `Ã©` (windows-1252), `√©`
 * (Mac), `├®` (DOS), or a replacement character. A quick look at a whole batch before any row is looked at.
 */
const suspicious =
  /\xc3[\x82-\x85\x8e-\x91\x97-\x99\xa2][\xc2-\xe2]|\xe2(?:\x88\x9a|\x94[\x80-\xbf])[\xc2-\xe2]|\xef\xbf\xbd/;

/** @param latin1 UTF-8, each byte as a character. */
export function mayBeMojibake(latin1: string): boolean {
  return suspicious.test(latin1);
}

/** One warning for each row that looks as if it had been decoded wrongly once before. */
export function mojibakeIn(batch: WarnedBatch): RowFault[] {
  if (isAscii(batch.bytes()) || !mayBeMojibake(batch.latin1())) return [];
  const warnings: RowFault[] = [];
  for (let i = 0; i < batch.length; i++) {
    for (let column = 0; column < batch.keptWidth(i); column++) {
      const sample = batch.isHigh(i, column) ? findMojibake(batch.cell(i, column)) : undefined;
      if (sample === undefined) continue;
      warnings.push({
        row: batch.first + i,
        offset: batch.offset(i),
        code: 'cell.mojibake',
        column,
        details: { sample },
      });
      break;
    }
  }
  return warnings;
}
