/**
 * The parts of a workbook beside its rows (ECMA-376 parts 1 and 2). Content types and the list of sheets stand at the
 * end of the file: only there is it known how many sheets there are.
 */
import { type CellKind, columnName, styleOf } from './sheet-rows.ts';

export interface Part {
  readonly name: string;
  readonly xml: string;
}

export interface SheetName {
  readonly name: string;
  /** With its header. */
  readonly rows: number;
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const packageOf = 'http://schemas.openxmlformats.org/package/2006';
const documentOf = 'http://schemas.openxmlformats.org/officeDocument/2006';
const typeOf = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** The bytes at the beginning of the file. @param createdAt ISO 8601, in UTC. */
export function leadingParts(title: string, createdAt: string, moneyDecimals: number): Part[] {
  return [
    {
      name: '_rels/.rels',
      xml: relationships([
        [`${documentOf}/relationships/officeDocument`, 'xl/workbook.xml'],
        [`${packageOf}/relationships/metadata/core-properties`, 'docProps/core.xml'],
        [`${documentOf}/relationships/extended-properties`, 'docProps/app.xml'],
      ]),
    },
    { name: 'docProps/core.xml', xml: coreProperties(title, createdAt) },
    {
      name: 'docProps/app.xml',
      xml: `${declaration}<Properties xmlns="${documentOf}/extended-properties"><Application>Clientele</Application></Properties>`,
    },
    { name: 'xl/styles.xml', xml: styles(moneyDecimals) },
  ];
}

export function trailingParts(sheets: readonly SheetName[], columns: number): Part[] {
  return [
    { name: 'xl/workbook.xml', xml: workbook(sheets, columns) },
    {
      name: 'xl/_rels/workbook.xml.rels',
      xml: relationships([
        ...sheets.map((_, i) => [`${documentOf}/relationships/worksheet`, sheetPath(i).slice(3)] as const),
        [`${documentOf}/relationships/styles`, 'styles.xml'],
      ]),
    },
    { name: '[Content_Types].xml', xml: contentTypes(sheets.length) },
  ];
}

/** @param index 0-based. */
export function sheetPath(index: number): string {
  return `xl/worksheets/sheet${index + 1}.xml`;
}

const nameCharactersMax = 31;

/** A name that Excel takes: at most 31 characters, none of those that formulas use; "Customers", "Customers 2" … */
export function sheetName(title: string, index: number): string {
  const end = index === 0 ? '' : ` ${index + 1}`;
  const allowed = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    .replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff[\]:*?/\\]/g, ' ')
    .trim()
    .replace(/^'+|'+$/g, '');
  const name = allowed === '' || /^history$/i.test(allowed) ? 'Records' : allowed;
  return `${cutTo(name, nameCharactersMax - end.length)}${end}`;
}

function cutTo(text: string, units: number): string {
  return Array.from(text)
    .reduce((kept, character) => (kept.length + character.length <= units ? kept + character : kept), '')
    .replace(/['\s]+$/, '');
}

/** What stands before the rows. @param widths in characters. */
export function sheetHead(index: number, widths: readonly number[], kinds: readonly CellKind[]): string {
  const selected = index === 0 ? ' tabSelected="1"' : '';
  const columns = widths.map((width, i) => {
    const style = styleOf[kinds[i] ?? 'text'];
    return `<col min="${i + 1}" max="${i + 1}" width="${width}" style="${style}" customWidth="1"/>`;
  });
  return `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView${selected} workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews><cols>${columns.join('')}</cols><sheetData>`;
}

/** What stands behind them. Numbers in cells of text are meant to be there, and get no mark of an error. */
export function sheetTail(rows: number, columns: number): string {
  const all = `A1:${columnName(columns - 1)}${rows}`;
  return `</sheetData><autoFilter ref="${all}"/><ignoredErrors><ignoredError sqref="${all}" numberStoredAsText="1"/></ignoredErrors></worksheet>`;
}

function workbook(sheets: readonly SheetName[], columns: number): string {
  const listed = sheets.map(
    ({ name }, i) => `<sheet name="${attribute(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const filters = sheets.map(({ name, rows }, i) => {
    const range = `'${name.replaceAll("'", "''")}'!$A$1:$${columnName(columns - 1)}$${rows}`;
    return `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">${attribute(range)}</definedName>`;
  });
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${documentOf}/relationships"><bookViews><workbookView/></bookViews><sheets>${listed.join('')}</sheets><definedNames>${filters.join('')}</definedNames></workbook>`;
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const listed = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${type}" Target="${target}"/>`,
  );
  return `${declaration}<Relationships xmlns="${packageOf}/relationships">${listed.join('')}</Relationships>`;
}

function contentTypes(sheets: number): string {
  const overrides = [
    ['xl/workbook.xml', `${typeOf}.sheet.main+xml`],
    ['xl/styles.xml', `${typeOf}.styles+xml`],
    ['docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml'],
    ['docProps/app.xml', 'application/vnd.openxmlformats-officedocument.extended-properties+xml'],
    ...Array.from({ length: sheets }, (_, i) => [sheetPath(i), `${typeOf}.worksheet+xml`]),
  ].map(([path, type]) => `<Override PartName="/${path}" ContentType="${type}"/>`);
  return `${declaration}<Types xmlns="${packageOf}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join('')}</Types>`;
}

function coreProperties(title: string, createdAt: string): string {
  const at = `${createdAt.slice(0, 19)}Z`;
  return `${declaration}<cp:coreProperties xmlns:cp="${packageOf}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${attribute(title)}</dc:title><dc:creator>Clientele</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">${at}</dcterms:created></cp:coreProperties>`;
}

/** Formats of our own are numbered from 164 on; 49 is text as it is typed. */
function styles(moneyDecimals: number): string {
  const money = `#,##0${moneyDecimals === 0 ? '' : `.${'0'.repeat(moneyDecimals)}`}`;
  const formats = ['yyyy\\-mm\\-dd', 'yyyy\\-mm\\-dd\\ hh:mm:ss', money];
  const numbers = formats.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code}"/>`);
  const cells = [
    cellFormat(0),
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>',
    cellFormat(49),
    cellFormat(0),
    cellFormat(166),
    cellFormat(0),
    cellFormat(164),
    cellFormat(165),
  ];
  const font = '<sz val="11"/><name val="Calibri"/><family val="2"/>';
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="${numbers.length}">${numbers.join('')}</numFmts><fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
}

function cellFormat(number: number): string {
  return `<xf numFmtId="${number}" fontId="0" fillId="0" borderId="0" xfId="0"${number === 0 ? '' : ' applyNumberFormat="1"'}/>`;
}

function attribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
