/**
 * The database and the importer each have their own tables of time zones, of different age: when a country has
 * changed its clock lately, the two may disagree on it. A time in such a span is written with its offset, so that it
 * is read as the point in time that it is.
 *
 * Tried over all zones with tables of 2025 and 2026: they agreed on everything past, and on three zones' futures not.
 */
import type { TenantTransaction } from '../database/with-tenant.ts';
import { zoneClock } from '../field-types/dates/zone-clock.ts';

/** The span in which the two disagree, as PostgreSQL reads points in time. */
export interface Doubtful {
  readonly from: string;
  readonly to: string;
}

const secondsPerDay = 86_400;
/** Every change of a clock holds for longer. */
const stepSeconds = 13 * secondsPerDay;
const first = Date.UTC(1900, 1) / 1000;
/** By then every rule has been in force for years, and is carried on from there. */
const last = Date.UTC(2045, 0) / 1000;

const known = new Map<string, Promise<Doubtful | null>>();

/** @param zone IANA name. @returns null where they agree on all of it. Asked once for each zone: 30 ms. */
export function doubtfulSpan(tx: TenantTransaction, zone: string): Promise<Doubtful | null> {
  let span = known.get(zone);
  if (span === undefined) {
    span = compare(tx, zone);
    known.set(zone, span);
    span.catch(() => known.delete(zone));
  }
  return span;
}

async function compare(tx: TenantTransaction, zone: string): Promise<Doubtful | null> {
  const { rows } = await tx.query<{ at: number; shown: number }>(
    `select at, extract(epoch from to_timestamp(at) at time zone $3)::bigint - at as shown
     from generate_series($1::bigint, $2::bigint, ${stepSeconds}) at`,
    [first, last, zone],
  );
  const clock = zoneClock(zone);
  const differing = rows.filter(({ at, shown }) => clock.offsetAt(at) !== shown).map(({ at }) => at);
  const [earliest] = differing;
  const latest = differing.at(-1);
  if (earliest === undefined || latest === undefined) return null;
  const isOpen = latest + stepSeconds > last;
  return { from: textOf(earliest - stepSeconds), to: isOpen ? 'infinity' : textOf(latest + stepSeconds) };
}

function textOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
