/** What stands for characters in XML (1.0, 4.1 and 4.6): the five entities that it has by itself, and numbers. */
import { AppError } from '../../platform/errors.ts';

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const codePoint = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/;
const codePointMax = 0x10ffff;

/** @param name what stands between the ampersand and the semicolon. */
export function entityText(name: string): string {
  const known = Object.hasOwn(entities, name) ? entities[name] : undefined;
  if (known !== undefined) return known;
  const [, hexadecimal, decimal] = codePoint.exec(name) ?? [];
  const point = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  const isCharacter = point > 0 && point <= codePointMax && !(point >= 0xd800 && point <= 0xdfff);
  if (!isCharacter) throw brokenXml(`"&${name};" is no character`);
  return String.fromCodePoint(point);
}

/** The text of an attribute's value. */
export function unescaped(value: string): string {
  return value.includes('&') ? value.replace(/&([^;&]*);/g, (_, name: string) => entityText(name)) : value;
}

/** @param why in a sentence about the part. */
export function brokenXml(why: string): AppError {
  return new AppError(
    'file.unreadable',
    `The workbook is damaged: a part of it is not what it should be (${why}). Open it in a spreadsheet, save it, and import it again.`,
  );
}
