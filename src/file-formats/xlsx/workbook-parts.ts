/** From the relationships of a workbook's parts (ECMA-376 part 2, 6.5) to its sheets, texts and formats. */
import { AppError } from '../../platform/errors.ts';
import { scanTags } from './xml-part.ts';
import type { XmlScanner } from './xml-scanner.ts';
import { brokenXml } from './xml-text.ts';

export interface SheetPart {
  /** As its tab says. */
  readonly name: string;
  /** A person does not see it. */
  readonly isHidden: boolean;
  /** The path of its part. */
  readonly part: string;
}

export interface WorkbookParts {
  /** In the order of their tabs; those of cells only, not of charts. */
  readonly sheets: readonly SheetPart[];
  /** Paths of the parts with the shared texts and with the formats of cells, where there are any. */
  readonly texts: string | undefined;
  readonly styles: string | undefined;
  /** Which day serial numbers count from. */
  readonly dateBase: 1900 | 1904;
}

interface Parts {
  readonly bytes: (part: string) => AsyncIterable<Buffer>;
  readonly has: (part: string) => boolean;
}

interface Relationship {
  /** The last word of its type: the standard and its strict form have different beginnings. */
  readonly kind: string;
  readonly target: string;
}

const sheetsMax = 10_000;

/** @throws AppError `file.unreadable` when the archive has no workbook in it, or not all of its parts. */
export async function readWorkbookParts(parts: Parts): Promise<WorkbookParts> {
  const root = await relationshipsOf(parts, '');
  const main = [...root.values()].find(({ kind }) => kind === 'officeDocument')?.target;
  if (main === undefined) throw new AppError('file.unreadable', 'The file has no workbook in it.');
  const related = await relationshipsOf(parts, main);
  const list = await sheetList(parts.bytes(main));
  const sheets = list.sheets.flatMap(({ name, isHidden, id }): SheetPart[] => {
    const found = related.get(id);
    if (found === undefined) throw brokenXml(`the sheet "${name}" is not there`);
    return found.kind === 'worksheet' ? [{ name, isHidden, part: found.target }] : [];
  });
  const only = (kind: string): string | undefined =>
    [...related.values()].find((one) => one.kind === kind && parts.has(one.target))?.target;
  return { sheets, texts: only('sharedStrings'), styles: only('styles'), dateBase: list.dateBase };
}

/** @param part a path; '' for the archive itself. */
async function relationshipsOf(parts: Parts, part: string): Promise<ReadonlyMap<string, Relationship>> {
  const cut = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, cut);
  const listing = `${folder}_rels/${part.slice(cut)}.rels`;
  const found = new Map<string, Relationship>();
  if (!parts.has(listing)) return found;
  await scanTags(parts.bytes(listing), {
    open: (tag) => {
      if (!tag.isNamed('Relationship') || tag.attribute('TargetMode') === 'External') return;
      const [id, type, target] = ['Id', 'Type', 'Target'].map((name) => tag.attribute(name));
      if (id === undefined || type === undefined || target === undefined) return;
      found.set(id, { kind: type.slice(type.lastIndexOf('/') + 1), target: resolved(folder, target) });
    },
  });
  return found;
}

/** A target is a path from the folder of the part that names it, or from the root. */
function resolved(folder: string, target: string): string {
  const steps = (target.startsWith('/') ? target : `${folder}${target}`).split('/');
  const path: string[] = [];
  for (const step of steps) {
    if (step === '..') path.pop();
    else if (step !== '.' && step !== '') path.push(step);
  }
  return path.join('/');
}

interface SheetList {
  readonly sheets: readonly { readonly name: string; readonly isHidden: boolean; readonly id: string }[];
  readonly dateBase: 1900 | 1904;
}

async function sheetList(chunks: AsyncIterable<Buffer>): Promise<SheetList> {
  const sheets: { name: string; isHidden: boolean; id: string }[] = [];
  let dateBase: SheetList['dateBase'] = 1900;
  await scanTags(chunks, {
    open: (tag) => {
      if (tag.isNamed('workbookPr')) {
        if (['1', 'true', 'on'].includes(tag.attribute('date1904') ?? '')) dateBase = 1904;
      } else if (tag.isNamed('sheet')) {
        sheets.push(listedSheet(tag));
        if (sheets.length > sheetsMax) throw brokenXml('it has too many sheets');
      }
    },
  });
  return { sheets, dateBase };
}

function listedSheet(tag: XmlScanner): SheetList['sheets'][number] {
  const [name, id] = [tag.attribute('name'), tag.attribute('id')];
  if (name === undefined || id === undefined) throw brokenXml('a sheet has no name');
  const state = tag.attribute('state');
  return { name, id, isHidden: state !== undefined && state !== 'visible' };
}
