/** How the numbers of cells are shown: the formats by the places in the list of cell formats (ECMA-376 part 1, 18.8). */
import { type NumberFormat, numberFormat } from './number-format.ts';
import { scanTags } from './xml-part.ts';
import { brokenXml } from './xml-text.ts';

/** Excel takes 65,490 of them. */
const formatsMax = 200_000;

/** @returns the format of each style that a cell may name. */
export async function readCellFormats(chunks: AsyncIterable<Buffer>): Promise<NumberFormat[]> {
  const { codes, cells } = await readStyles(chunks);
  const formats = new Map<number, NumberFormat>();
  return cells.map((id) => {
    const known = formats.get(id) ?? numberFormat(id, codes.get(id));
    formats.set(id, known);
    return known;
  });
}

interface Styles {
  readonly codes: ReadonlyMap<number, string>;
  /** The number of each cell format's number format. */
  readonly cells: readonly number[];
}

/** Formats stand in other lists too, with numbers of their own. */
const lists = ['numFmts', 'cellXfs'] as const;

async function readStyles(chunks: AsyncIterable<Buffer>): Promise<Styles> {
  const codes = new Map<number, string>();
  const cells: number[] = [];
  let list: (typeof lists)[number] | undefined;
  await scanTags(chunks, {
    open: (tag) => {
      list = lists.find((name) => tag.isNamed(name)) ?? list;
      if (list === 'cellXfs' && tag.isNamed('xf')) cells.push(Number(tag.attribute('numFmtId') ?? 0));
      else if (list === 'numFmts' && tag.isNamed('numFmt'))
        codes.set(Number(tag.attribute('numFmtId')), tag.attribute('formatCode') ?? '');
      if (cells.length > formatsMax || codes.size > formatsMax) throw brokenXml('it has too many formats');
    },
    close: (tag) => {
      if (lists.some((name) => tag.isNamed(name))) list = undefined;
    },
  });
  return { codes, cells };
}
