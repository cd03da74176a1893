/**
 * Rows become a Parquet file, by stream: a row group whenever enough rows have come, and the footer at the end.
 *
 *     copy.pipe(parquetStream({ columns: [{ name: 'email', kind: 'text' }, …] })).pipe(file);
 *
 * Memory holds one row group and, for each that has been written, its line in the footer. The columns of a group are
 * encoded one at a time, and the process does other things in between: a whole group would hold it up for long.
 */
import { Transform, type TransformCallback } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type ColumnKind, readerOf, schemaOf, type Value } from './column-kinds.ts';

export interface ParquetColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface ParquetOptions {
  readonly columns: readonly ParquetColumn[];
  /** Bytes of lines that make a row group; 4 MiB unless said. */
  readonly groupBytes?: number;
}

const usualGroupBytes = 4 * 1024 * 1024;
const pieceBytes = 64 * 1024;
const lineFeed = 0x0a;
const absent = '\\N';
/** Of which the least and the most are told for each row group: records are in the order of no text. */
const bounded: ReadonlySet<ColumnKind> = new Set(['integer', 'money', 'decimal', 'day', 'time']);

/**
 * @returns takes lines in the text format of PostgreSQL's COPY, one value for each column, and gives the file's bytes.
 *   It fails with a RangeError on a number that its column has no room for.
 */
export function parquetStream(options: ParquetOptions): Transform {
  return new ParquetStream(options);
}

class ParquetStream extends Transform {
  private readonly columns: readonly ParquetColumn[];
  private readonly groupBytes: number;
  private readonly out = new ByteWriter();
  private readonly file: ParquetWriter;
  /** Of the row group that is being gathered, column by column. */
  private values: (Value | null)[][];
  private valuesBytes = 0;
  private rest: Buffer[] = [];
  private restBytes = 0;

  constructor({ columns, groupBytes = usualGroupBytes }: ParquetOptions) {
    super();
    this.columns = columns;
    this.groupBytes = groupBytes;
    this.values = columns.map(() => []);
    const elements = columns.flatMap(({ name, kind }) => schemaOf(name, kind));
    const schema = [{ name: 'schema', num_children: columns.length }, ...elements];
    this.file = new ParquetWriter({ writer: this.out, schema, createdBy: 'Clientele' });
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.rest.push(bytes);
    this.restBytes += bytes.length;
    if (this.restBytes < pieceBytes) {
      done();
      return;
    }
    const all = Buffer.concat(this.rest, this.restBytes);
    const end = all.lastIndexOf(lineFeed) + 1;
    this.rest = [all.subarray(end)];
    this.restBytes = all.length - end;
    this.takeLines(all.subarray(0, end)).then(() => done(), done);
  }

  override _flush(done: TransformCallback): void {
    this.writeEnd().then(() => done(), done);
  }

  private async takeLines(lines: Buffer): Promise<void> {
    this.gather(lines);
    if (this.valuesBytes >= this.groupBytes) await this.writeGroup();
  }

  private async writeEnd(): Promise<void> {
    this.gather(Buffer.concat(this.rest, this.restBytes));
    await this.writeGroup();
    await this.file.finish();
    this.pushWritten();
  }

  private gather(lines: Buffer): void {
    this.valuesBytes += lines.length;
    const readers = this.columns.map(({ kind }) => readerOf[kind]);
    for (const line of lines.toString('utf8').split('\n').slice(0, -1)) {
      for (const [i, cell] of line.split('\t').entries()) {
        this.values[i]?.push(cell === absent ? null : (readers[i]?.(cell) ?? null));
      }
    }
  }

  private async writeGroup(): Promise<void> {
    const { values, file } = this;
    const rows = values[0]?.length ?? 0;
    if (rows === 0) return;
    this.values = this.columns.map(() => []);
    this.valuesBytes = 0;
    const before = { groups: file.row_groups.length, rows: file.num_rows };
    for (const [i, { name, kind }] of this.columns.entries()) {
      const data = values[i] ?? [];
      values[i] = [];
      await file.write({
        columnData: [{ name, data, statistics: bounded.has(kind) }],
        rowGroupSize: rows,
      });
      this.pushWritten();
      await setImmediate();
    }
    this.joinGroups(before.groups);
    file.num_rows = before.rows + BigInt(rows);
  }

  /** The writer took each column for a row group of its own. */
  private joinGroups(from: number): void {
    const groups = this.file.row_groups.splice(from);
    const sum = (of: (group: (typeof groups)[number]) => bigint | undefined): bigint =>
      groups.reduce((total, group) => total + (of(group) ?? 0n), 0n);
    const [first] = groups;
    if (first === undefined) return;
    this.file.row_groups.push({
      ...first,
      columns: groups.flatMap(({ columns }) => columns),
      total_byte_size: sum((group) => group.total_byte_size),
      total_compressed_size: sum((group) => group.total_compressed_size),
    });
  }

  private pushWritten(): void {
    this.push(Buffer.from(this.out.getBytes()));
    // Where in the file it stands is counted apart from where in its memory.
    this.out.index = 0;
  }
}
