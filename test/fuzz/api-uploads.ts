/** Files as they are uploaded: alone, and in a form (RFC 7578). */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { workbookType } from '../../src/file-formats/xlsx/media-type.ts';
import { valuesOf } from '../support/schema-values.ts';
import { textRows, workbookFile } from '../support/workbook-file.ts';
import type { Parameter } from './api-document.ts';
import { hostileLiteral, hostileText, malformedJson } from './api-hostile.ts';

interface Upload {
  readonly type: string;
  readonly bytes: Buffer;
}

const rows = fc.array(
  fc.record({
    first_name: fc.string({ maxLength: 20 }),
    email: fc.constantFrom('', 'nobody', 'ada@example.com'),
    notes: fc.string({ maxLength: 20, unit: 'binary' }),
  }),
  { maxLength: 5 },
);

function csvOf(records: readonly Readonly<Record<string, string>>[]): string {
  const lines = records.map((record) =>
    Object.values(record)
      .map((cell) => `"${cell.replaceAll('"', '""')}"`)
      .join(','),
  );
  return ['first_name,email,notes', ...lines].join('\n');
}

/** @param type as the description names it; `*` stands for any. */
export function filesOf(type: string): fc.Arbitrary<Upload> {
  return rows.map((records) => ({ type: type.replace('*', 'csv'), bytes: fileOf(type, records) }));
}

function fileOf(type: string, records: readonly Readonly<Record<string, string>>[]): Buffer {
  if (type === 'application/json') return Buffer.from(JSON.stringify(records));
  if (type === 'application/x-ndjson')
    return Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'));
  if (type === 'application/gzip') return gzipSync(csvOf(records));
  if (type === workbookType) {
    const cells = records.map(({ first_name, email, notes }) => [first_name ?? '', email ?? '', notes ?? '']);
    return workbookFile({
      sheets: [{ name: 'Made', rows: textRows([['first_name', 'email', 'notes'], ...cells]) }],
    });
  }
  return Buffer.from(csvOf(records));
}

export function hostileFilesOf(type: string): fc.Arbitrary<Upload> {
  const bytes = fc.oneof(
    malformedJson,
    hostileLiteral.map((text) => Buffer.from(text)),
    hostileText.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
    fc
      .constantFrom([0x1f, 0x8b], [0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6, 0, 0])
      .map((magic) => Buffer.from(magic)),
    fc.constantFrom(0, 10_000).map((size) => gzipSync(Buffer.alloc(size, 'a,b\n')).subarray(0, -4)),
  );
  return bytes.map((some) => ({ type: type.replace('*', 'plain'), bytes: some }));
}

const boundary = 'x-part';

/** The options stand before the file, or behind it. */
export function formsOf(parameters: readonly Parameter[]): fc.Arbitrary<Upload> {
  const ofQuery = parameters.filter((parameter) => parameter.in === 'query');
  const options = fc.record(Object.fromEntries(ofQuery.map(({ name, schema }) => [name, valuesOf(schema)])), {
    requiredKeys: [],
  });
  return fc.tuple(options, rows, fc.boolean()).map(([said, records, isFileFirst]) => {
    const fields = Object.entries(said).flatMap(([name, value]) =>
      [value].flat().map((one) => field(name, String(one))),
    );
    const file = filePart('people.csv', csvOf(records));
    return form(isFileFirst ? [file, ...fields] : [...fields, file]);
  });
}

export function hostileFormsOf(parameters: readonly Parameter[]): fc.Arbitrary<Upload> {
  const names = parameters.map(({ name }) => name);
  const name = fc.oneof(fc.constantFrom(...names, 'file', '__proto__', 'constructor'), hostileText);
  const parts = fc.array(
    fc.oneof(
      fc.tuple(name, hostileText).map(([one, value]) => field(one, value)),
      fc.tuple(hostileText, hostileText).map(([one, value]) => filePart(one, value)),
      fc.constant(filePart('people.csv', 'Email\nada@example.com\n')),
      hostileText,
    ),
    { maxLength: 4 },
  );
  return fc.tuple(parts, fc.nat({ max: 40 }), fc.boolean()).map(([some, cut, isWhole]) => {
    const { type, bytes } = form(some);
    return { type, bytes: isWhole ? bytes : bytes.subarray(0, Math.max(0, bytes.length - cut)) };
  });
}

function form(parts: readonly string[]): Upload {
  const text = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('');
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.from(`${text}--${boundary}--\r\n`),
  };
}

function field(name: string, value: string): string {
  return `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
}

function filePart(name: string, content: string): string {
  return `Content-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${content}`;
}
