/**
 * Time zones by their IANA name, in any case. Names that IANA keeps as links (Asia/Calcutta, US/Eastern) stay as
 * they are. Names of Windows ("W. Europe Standard Time") and of Rails ("Eastern Time (US & Canada)",
 * "(GMT+01:00) Berlin") are read as the zone they stand for. Offsets alone and
 * abbreviations such as +02:00 and IST are no zones.
 */
import { cellProblem } from './cell-problem.ts';
import { railsZones } from './dates/rails-zones.ts';
import { windowsZones } from './dates/windows-zones.ts';
import type { FieldType } from './field-type.ts';
import { remembering } from './remember.ts';

/** Zones of one word; the engine would take abbreviations that mean different zones to different people. */
const oneWord = /^(?:utc|gmt|cet|met|eet|wet|est|mst|hst|est5edt|cst6cdt|mst7mdt|pst8pdt)$/i;
const area = /^[a-z_]{1,30}\/[a-z0-9_+/-]{1,40}$/i;
/** Present names that the engine knows, but lists under their older ones. */
const renamed = (
  'Africa/Asmara America/Argentina/Buenos_Aires America/Atikokan America/Nuuk Asia/Ho_Chi_Minh Asia/Kathmandu ' +
  'Asia/Kolkata Asia/Yangon Atlantic/Faroe Europe/Kyiv Pacific/Chuuk Pacific/Pohnpei'
).split(' ');

const names = new Map<string, string>(
  [...Intl.supportedValuesOf('timeZone'), ...renamed, 'UTC', 'GMT'].map((name) => [name.toLowerCase(), name]),
);

export const timezone: FieldType = {
  name: 'timezone',
  accepts: 'An IANA name such as Europe/London, or a name of Windows or Rails.',
  sqlType: 'text',
  reader: () => (cell) => zoneNamed(cell) ?? cellProblem('timezone.unknown', cell),
  write: (value) => value,
};

/** @returns the name as IANA spells it, undefined when there is no such zone. */
export function zoneNamed(text: string): string | undefined {
  const name = text.replace(offsetBefore, '');
  const lower = name.toLowerCase();
  const listed = names.get(lower) ?? windowsZones.get(lower) ?? railsZones.get(lower);
  if (listed !== undefined) return listed;
  const joined = lower.replaceAll(' ', '_');
  const spaced = names.get(joined) ?? (name === text ? undefined : cities.get(joined));
  if (spaced !== undefined) return spaced;
  if (!oneWord.test(name) && !area.test(name)) return undefined;
  return isZone(lower) ? name : undefined;
}

const offsetBefore = /^\((?:GMT|UTC)[+-]?[0-9:]*\)\s*/i;

/** Zones by their city, which alone says too little, but enough behind an offset: `(GMT+01:00) Berlin`. */
const cities = new Map(
  [...names].flatMap(([key, name]): [string, string][] =>
    /^(?:etc|systemv|us)\//.test(key) || !key.includes('/')
      ? []
      : [[key.slice(key.lastIndexOf('/') + 1), name]],
  ),
);

const zonesKept = 1000;

/** Asks the engine, which takes its time to refuse. */
const isZone = remembering((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, zonesKept);
