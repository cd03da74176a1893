/**
 * `npm run bench -- workbook --rows 100000 [--json]`: the customer file as a workbook, from the disk to committed, by
 * the command line in a process of its own, over the same rows as CSV imported the same way.
 */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../../src/database/connect.ts';
import { CopyRows } from '../../src/database/copy-rows.ts';
import { inspectFile, readRows } from '../../src/file-formats/open.ts';
import type { Inspection } from '../../src/file-formats/rows.ts';
import type { CellKind } from '../../src/file-formats/xlsx/sheet-rows.ts';
import { workbookStream } from '../../src/file-formats/xlsx/workbook.ts';
import { createTenant } from '../../src/tenants/tenants.ts';
import { writeCustomerFile } from './customer-file.ts';
import { type Figures, measureOnDatabase } from './on-database.ts';
import { type Measured, runProgram } from './program.ts';
import { serverSettings, settle } from './report.ts';

export function run(args: string[]): Promise<void> {
  return measureOnDatabase(args, measure);
}

async function measure(database: Database, folder: string, rows: number): Promise<Figures> {
  const [csv, workbook] = [join(folder, 'customers.csv'), join(folder, 'customers.xlsx')];
  await writeCustomerFile(csv, { rows });
  await writeWorkbook(csv, workbook);
  const imported = async (file: string): Promise<Measured> => {
    const tenant = await createTenant(database, { name: `Bench of ${file}`, country: 'GB' });
    await settle(folder);
    return runProgram(['import', file, '--tenant', tenant.slug, '--json'], folder);
  };
  const floor = await imported(csv);
  const measured = await imported(workbook);
  const seconds = Number(measured.answer.seconds);
  return {
    rows: measured.answer.read,
    created: measured.answer.created,
    file_bytes: (await stat(workbook)).size,
    seconds,
    csv_seconds: floor.answer.seconds,
    ratio: Number((seconds / Number(floor.answer.seconds)).toFixed(3)),
    peak_rss_mb: Math.round(measured.peakRssMb),
    csv_peak_rss_mb: Math.round(floor.peakRssMb),
    settings: await serverSettings(database),
  };
}

const kinds: Readonly<Record<string, CellKind>> = {
  'Total Orders': 'number',
  'Total Spent': 'money',
  'Date of Birth': 'date',
};

async function writeWorkbook(csv: string, target: string): Promise<void> {
  const inspection = await inspectFile(csv);
  const columns = inspection.columns.map(({ name }) => ({ header: name, kind: kinds[name] ?? 'text' }));
  const createdAt = '2026-01-31T09:30:00.000Z';
  await pipeline(
    Readable.from(linesOf(csv, inspection), { objectMode: false }),
    workbookStream({ title: 'Customers', columns, moneyDecimals: 2, createdAt }),
    createWriteStream(target),
  );
}

async function* linesOf(csv: string, { dialect, columns }: Inspection): AsyncGenerator<Buffer> {
  const lines = new CopyRows({ pieceBytes: 64 * 1024 });
  for await (const batch of readRows(csv, dialect, { columns })) {
    for (let i = 0; i < batch.length; i += 1) {
      const [first = '', ...others] = columns.map(({ index }) => batch.cell(i, index));
      lines.append(first, others);
      if (lines.isFull) yield Buffer.from(lines.take());
    }
  }
  yield Buffer.from(lines.take());
}
