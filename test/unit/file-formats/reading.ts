/** Files for the tests of this folder, and everything that reading one gives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { configuredLimits, type ReadLimits } from '../../../src/file-formats/limits.ts';
import { inspectFile, readRows } from '../../../src/file-formats/open.ts';
import type { Dialect, Inspection, RowFault } from '../../../src/file-formats/rows.ts';

export interface WhatWasRead {
  readonly inspection: Inspection;
  readonly names: readonly string[];
  /** Cells of all rows, the faulty ones among them, as wide as each row is. */
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly offsets: readonly number[];
  readonly faults: readonly RowFault[];
  readonly warnings: readonly RowFault[];
  /** `row code` of each fault. */
  readonly problems: readonly string[];
}

export interface ReadingOptions {
  readonly given?: Partial<Dialect>;
  readonly whole?: boolean;
  readonly limits?: Partial<ReadLimits>;
}

export function sample(name: string): string {
  return fileURLToPath(new URL(`../../samples/${name}`, import.meta.url));
}

const folder = mkdtempSync(join(tmpdir(), 'clientele-file-formats-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts bytes, or text as UTF-8, into a file that is gone after the tests. @returns its path. */
export async function fileWith(content: string | Buffer): Promise<string> {
  const path = join(folder, `${files++}.csv`);
  await writeFile(path, content);
  return path;
}

export async function readText(content: string | Buffer, options: ReadingOptions = {}): Promise<WhatWasRead> {
  return readFile(await fileWith(content), options);
}

export async function readFile(path: string, options: ReadingOptions = {}): Promise<WhatWasRead> {
  const limits = { ...configuredLimits(), ...options.limits };
  const inspection = await inspectFile(path, {
    whole: options.whole ?? true,
    given: options.given ?? {},
    limits,
  });
  const rows: string[][] = [];
  const lines: number[] = [];
  const offsets: number[] = [];
  const faults: RowFault[] = [];
  const warnings: RowFault[] = [];
  for await (const batch of readRows(path, inspection.dialect, { columns: inspection.columns, limits })) {
    if (batch.first !== rows.length + 1) throw new Error('A batch begins with another row than it says.');
    for (let i = 0; i < batch.length; i++) {
      rows.push(Array.from({ length: Math.min(batch.width(i), 2000) }, (_, column) => batch.cell(i, column)));
      lines.push(batch.line(i));
      offsets.push(batch.offset(i));
    }
    faults.push(...batch.faults);
    warnings.push(...batch.warnings);
  }
  return {
    inspection,
    names: inspection.columns.map((column) => column.name),
    rows,
    lines,
    offsets,
    faults,
    warnings,
    problems: faults.map(({ row, code }) => `${row} ${code}`),
  };
}
