/**
 * Time zones by their IANA name, in any case. Names that IANA keeps as links (Asia/Calcutta, US/Eastern) stay as
 * they are. Names of Windows ("W. Europe Standard Time") are read as the zone they stand for. Offsets and
 * abbreviations such as +02:00 and IST are no zones.
 */
import { cellProblem } from './cell-problem.ts';
import type { FieldType } from './field-type.ts';
import { remembering } from './remember.ts';
import { windowsZones } from './windows-zones.ts';

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
  accepts: 'An IANA name such as Europe/London.',
  sqlType: 'text',
  reader: () => (cell) => zoneNamed(cell) ?? cellProblem('timezone.unknown', cell),
  write: (value) => value,
};

/** @returns the name as IANA spells it, undefined when there is no such zone. */
function zoneNamed(text: string): string | undefined {
  const lower = text.toLowerCase();
  const listed = names.get(lower) ?? windowsZones.get(lower);
  if (listed !== undefined) return listed;
  if (!oneWord.test(text) && !area.test(text)) return undefined;
  return isZone(lower) ? text : undefined;
}

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
