/**
 * Workbooks read the plain way, from what the standard says and nothing else: the zip's directory, the list of sheets,
 * and each cell with its type, its format and its text. It reads no more of XML than workbooks of ours have.
 */
import { crc32, inflateRawSync } from 'node:zlib';

export interface PlainCell {
  /** `A2` */
  readonly at: string;
  /** `inlineStr`, `b`, or `n` where the cell says none. */
  readonly type: string;
  /** The code of the number format. */
  readonly format: string;
  readonly bold: boolean;
  /** Of a text: as it was before Excel's escapes; of others: as it stands in the file. */
  readonly value: string;
}

export interface PlainSheet {
  readonly name: string;
  readonly xml: string;
  readonly rows: readonly (readonly PlainCell[])[];
}

/** @returns the sheets in their order. @throws Error when the zip contradicts itself. */
export function plainWorkbook(file: Buffer): PlainSheet[] {
  const parts = unzipped(file);
  const part = (name: string): string => parts.get(name)?.toString('utf8') ?? fail(`there is no ${name}`);
  const formats = cellFormats(part('xl/styles.xml'));
  const targets = new Map(
    [...part('xl/_rels/workbook.xml.rels').matchAll(/Id="([^"]+)"[^>]*Target="([^"]+)"/g)].map(
      ([, id = '', target = '']) => [id, target],
    ),
  );
  const types = part('[Content_Types].xml');
  return [...part('xl/workbook.xml').matchAll(/<sheet name="([^"]*)"[^>]*r:id="([^"]+)"/g)].map(
    ([, name = '', id = '']) => {
      const path = `xl/${targets.get(id)}`;
      if (!types.includes(`PartName="/${path}"`)) fail(`${path} has no content type`);
      const xml = part(path);
      return { name: unescaped(name), xml, rows: rowsOf(xml, formats) };
    },
  );
}

/** Every part by its name; sizes and checksums are held to the directory, the descriptor and the content. */
export function unzipped(file: Buffer): Map<string, Buffer> {
  const end = file.lastIndexOf('PK\x05\x06');
  const amount = file.readUInt16LE(end + 10);
  const parts = new Map<string, Buffer>();
  let at = file.readUInt32LE(end + 16);
  for (let i = 0; i < amount; i += 1) {
    const [crc, compressed, size] = [16, 20, 24].map((place) => file.readUInt32LE(at + place)) as [
      number,
      number,
      number,
    ];
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('latin1', at + 46, at + 46 + nameLength);
    const local = file.readUInt32LE(at + 42);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const content = inflateRawSync(file.subarray(start, start + compressed));
    if (content.length !== size || crc32(content) !== crc) fail(`${name} is not what the directory says`);
    const descriptor = file.subarray(start + compressed, start + compressed + 16);
    const said = [4, 8, 12].map((place) => descriptor.readUInt32LE(place));
    if (said.join() !== [crc, compressed, size].join()) fail(`${name} is not what its descriptor says`);
    parts.set(name, content);
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return parts;
}

interface CellFormat {
  readonly format: string;
  readonly bold: boolean;
}

function cellFormats(styles: string): CellFormat[] {
  const own = new Map(
    [...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map(([, id, code = '']) => [
      id,
      code,
    ]),
  );
  const fonts = [...(/<fonts.*<\/fonts>/.exec(styles)?.[0] ?? '').matchAll(/<font>(.*?)<\/font>/g)];
  const listed = /<cellXfs.*<\/cellXfs>/.exec(styles)?.[0] ?? '';
  return [...listed.matchAll(/<xf numFmtId="(\d+)" fontId="(\d+)"/g)].map(([, id = '', font]) => ({
    format:
      own.get(id) ?? ({ 0: 'General', 49: '@' } as Record<string, string>)[id] ?? fail(`no format ${id}`),
    bold: fonts[Number(font)]?.[1]?.includes('<b/>') === true,
  }));
}

function rowsOf(xml: string, formats: readonly CellFormat[]): PlainCell[][] {
  const data = xml.slice(xml.indexOf('<sheetData>') + 11, xml.indexOf('</sheetData>'));
  return [...data.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, row = '', cells = ''], i) => {
    if (row !== String(i + 1)) fail(`row ${row} is the ${i + 1}th`);
    return [...cells.matchAll(/<c r="([A-Z]+\d+)" s="(\d+)"(?: t="(\w+)")?>(.*?)<\/c>/gs)].map(
      ([, at = '', style, type = 'n', inside = '']) => {
        const text = /^(?:<v>([^<]*)<\/v>|<is><t(?: xml:space="preserve")?>([^<]*)<\/t><\/is>)$/s.exec(
          inside,
        );
        if (text === null) fail(`${at} holds ${inside}`);
        const value = text[1] ?? text[2] ?? '';
        if (/^[ \t\n]|[ \t\n]$/.test(value) && !inside.includes('xml:space')) fail(`${at} would be trimmed`);
        return {
          at,
          type,
          value: unescaped(value),
          ...(formats[Number(style)] ?? fail(`no style ${style}`)),
        };
      },
    );
  });
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

/** XML's entities, then `_xHHHH_` from left to right (ECMA-376 part 1, 22.9.2.19). */
function unescaped(text: string): string {
  if ([...text].some((character) => !isXml(character.codePointAt(0) ?? 0)))
    fail('a character is none of XML');
  return text
    .replace(/&[a-z]+;/g, (entity) => entities[entity] ?? fail(entity))
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** XML 1.0, 2.2; a carriage return would be read as a line feed. */
function isXml(code: number): boolean {
  return code === 0x9 || code === 0xa || (code >= 0x20 && code <= 0xfffd) || code >= 0x10000;
}

function fail(reason: string): never {
  throw new Error(`The workbook is broken: ${reason}.`);
}
