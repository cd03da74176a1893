/** What the JSON fields of a customer must look like. */
import type { Shaped } from '../field-types/field-type.ts';

const noteKeys = ['general', 'preferences', 'importantInfo', 'customFields'];
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const visitKeys = ['start', 'end', 'destination'];
const destinationMax = 255;
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

/** `{general, preferences, importantInfo, customFields}`, each as it comes; a plain text is the general note. */
export function generalNotes(value: unknown): Shaped {
  if (typeof value === 'string') return { value: { general: value } };
  if (!isObject(value)) return { reason: 'General notes are a text, or an object' };
  const unknown = Object.keys(value).find((key) => !noteKeys.includes(key));
  if (unknown !== undefined) {
    return { reason: `General notes have no "${unknown}"; they have ${noteKeys.join(', ')}` };
  }
  return { value };
}

/**
 * `{"monday": [{"start": "HH:MM", "end": "HH:MM", "destination": "…"}], …}`, in 24 hours. Within a day the visits
 * do not overlap; one may begin at the minute in which another ends.
 */
export function weeklySchedule(value: unknown): Shaped {
  if (!isObject(value)) return { reason: 'A schedule is an object of weekdays' };
  const stored: Record<string, readonly Visit[]> = {};
  for (const [day, visits] of Object.entries(value)) {
    if (!weekdays.includes(day)) return { reason: `"${day}" is no weekday; write monday to sunday` };
    const shaped = daySchedule(day, visits);
    if (typeof shaped === 'string') return { reason: shaped };
    stored[day] = shaped;
  }
  return { value: stored };
}

interface Visit {
  readonly start: string;
  readonly end: string;
  readonly destination?: string;
}

/** @returns the day's visits in order, or the reason against them. */
function daySchedule(day: string, visits: unknown): readonly Visit[] | string {
  if (!Array.isArray(visits)) return `The schedule of ${day} is not a list`;
  const shaped: Visit[] = [];
  for (const [index, entry] of visits.entries()) {
    const visit = readVisit(entry);
    if (typeof visit === 'string') return `Entry ${index + 1} of ${day} ${visit}`;
    shaped.push(visit);
  }
  return overlap(day, shaped) ?? shaped;
}

function overlap(day: string, visits: readonly Visit[]): string | undefined {
  const inOrder = visits.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  for (const [index, visit] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next !== undefined && next.start < visit.end) {
      return `On ${day}, ${visit.start}–${visit.end} and ${next.start}–${next.end} overlap`;
    }
  }
  return undefined;
}

/** @returns the visit, or what is wrong with it, as the rest of a sentence. */
function readVisit(entry: unknown): Visit | string {
  if (!isObject(entry)) return 'is not an object';
  const unknown = Object.keys(entry).find((key) => !visitKeys.includes(key));
  if (unknown !== undefined) return `has "${unknown}", which is not start, end or destination`;
  const { start, end, destination } = entry;
  if (typeof start !== 'string' || !timeOfDay.test(start)) return 'has no start of the form HH:MM';
  if (typeof end !== 'string' || !timeOfDay.test(end)) return 'has no end of the form HH:MM';
  if (start >= end) return `starts at ${start}, which is not before its end at ${end}`;
  if (destination === undefined || destination === null) return { start, end };
  if (typeof destination !== 'string') return 'has a destination that is not text';
  if ([...destination].length > destinationMax)
    return `has a destination of more than ${destinationMax} characters`;
  return { start, end, destination };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
