/** Workbooks made part by part, as Excel and other programs write them, and as no program should. */
import { type ZipEntry, zipFile } from '../unit/file-formats/zip-file.ts';

export interface MadeSheet {
  readonly name: string;
  /** The XML of its rows. */
  readonly rows: string;
  readonly state?: 'hidden' | 'veryHidden';
  /** What stands behind the rows. */
  readonly after?: string;
}

export interface MadeWorkbook {
  readonly sheets: readonly MadeSheet[];
  /** The XML of each shared text, without `<si>`. */
  readonly texts?: readonly string[];
  /** Codes of the formats 1, 2 … of cells; 0 is General. A number is one that every workbook has. */
  readonly formats?: readonly (string | number)[];
  readonly date1904?: boolean;
  /** Beside the parts, or in their place. */
  readonly more?: readonly ZipEntry[];
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const packageOf = 'http://schemas.openxmlformats.org/package/2006';
const documentOf = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The XML of a row: of each cell by its column, in which `r="@"` stands for its place. */
export function row(number: number, cells: Readonly<Record<string, string>>): string {
  const written = Object.entries(cells).map(([column, cell]) =>
    cell.replace('r="@"', `r="${column}${number}"`),
  );
  return `<row r="${number}">${written.join('')}</row>`;
}

export function text(value: string): string {
  return `<c r="@" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
}

export function shared(index: number): string {
  return `<c r="@" t="s"><v>${index}</v></c>`;
}

/** @param format 1-based, of the workbook's formats. */
export function number(value: number | string, format = 0): string {
  return `<c r="@" s="${format}"><v>${value}</v></c>`;
}

export function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A sheet of texts, from A1 on; a blank text is no cell. */
export function textRows(rows: readonly (readonly string[])[], first = 1): string {
  return rows
    .map((cells, i) => {
      const entries = cells.flatMap((cell, column) =>
        cell === '' ? [] : [[columnOf(column), text(cell)] as const],
      );
      return row(first + i, Object.fromEntries(entries));
    })
    .join('');
}

function columnOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnOf(Math.floor(index / 26) - 1) + letter;
}

export function sheetXml(rows: string, after = ''): string {
  return `${declaration}<worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${after}</worksheet>`;
}

export function workbookFile(made: MadeWorkbook): Buffer {
  return zipFile(workbookEntries(made));
}

export function workbookEntries({
  sheets,
  texts,
  formats = [],
  date1904 = false,
  more = [],
}: MadeWorkbook): ZipEntry[] {
  const related = [
    ...sheets.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`]),
    ['styles', 'styles.xml'],
    ...(texts === undefined ? [] : [['sharedStrings', 'sharedStrings.xml']]),
  ];
  const entries: ZipEntry[] = [
    { name: '[Content_Types].xml', content: `${declaration}<Types xmlns="${packageOf}/content-types"/>` },
    { name: '_rels/.rels', content: relationships([['officeDocument', 'xl/workbook.xml']]) },
    { name: 'xl/workbook.xml', content: workbookXml(sheets, date1904) },
    { name: 'xl/_rels/workbook.xml.rels', content: relationships(related as [string, string][]) },
    { name: 'xl/styles.xml', content: stylesXml(formats) },
    ...sheets.map(({ rows, after }, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: sheetXml(rows, after),
    })),
    ...(texts === undefined ? [] : [{ name: 'xl/sharedStrings.xml', content: textsXml(texts) }]),
  ];
  const replaced = new Set(more.map(({ name }) => name));
  return [...entries.filter(({ name }) => !replaced.has(name)), ...more];
}

function workbookXml(sheets: readonly MadeSheet[], date1904: boolean): string {
  const listed = sheets.map(
    ({ name, state }, i) =>
      `<sheet name="${escaped(name)}" sheetId="${i + 1}"${state === undefined ? '' : ` state="${state}"`} r:id="rId${i + 1}"/>`,
  );
  const properties = date1904 ? '<workbookPr date1904="1"/>' : '<workbookPr/>';
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${documentOf}">${properties}<sheets>${listed.join('')}</sheets></workbook>`;
}

export function relationships(targets: readonly (readonly [kind: string, target: string])[]): string {
  const listed = targets.map(
    ([kind, target], i) => `<Relationship Id="rId${i + 1}" Type="${documentOf}/${kind}" Target="${target}"/>`,
  );
  return `${declaration}<Relationships xmlns="${packageOf}/relationships">${listed.join('')}</Relationships>`;
}

const firstOwnFormat = 164;

function stylesXml(formats: readonly (string | number)[]): string {
  const own = formats.flatMap((code, i) =>
    typeof code === 'number'
      ? []
      : [
          `<numFmt numFmtId="${firstOwnFormat + i}" formatCode="${escaped(code).replaceAll('"', '&quot;')}"/>`,
        ],
  );
  const cells = formats.map(
    (code, i) => `<xf numFmtId="${typeof code === 'number' ? code : firstOwnFormat + i}" xfId="0"/>`,
  );
  // A format within `dxfs` may have a number of the workbook's own once more; it is none of a cell's.
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="${own.length}">${own.join('')}</numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0" xfId="0"/>${cells.join('')}</cellXfs><dxfs><dxf><numFmt numFmtId="${firstOwnFormat}" formatCode="@"/></dxf></dxfs></styleSheet>`;
}

function textsXml(texts: readonly string[]): string {
  return `${declaration}<sst xmlns="${main}">${texts.map((xml) => `<si>${xml}</si>`).join('')}</sst>`;
}
