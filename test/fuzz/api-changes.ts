/** A value with one thing wrong: something is missing, too much, of another type, too long. */
import fc from 'fast-check';
import { hostileLiteral, hostileText } from './api-hostile.ts';

interface Change {
  readonly do: 'replace' | 'remove' | 'add' | 'lengthen';
  /** Which of all places in the value; counted round. */
  readonly place: number;
  /** JSON text that comes in. */
  readonly literal: string;
  readonly name: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  do: fc.constantFrom('replace', 'remove', 'add', 'lengthen'),
  place: fc.nat(),
  literal: hostileLiteral,
  name: fc.oneof(fc.constantFrom('extra', 'ID', 'Name', 'tenant_id'), hostileText),
});

/** @returns JSON texts of the values, each changed in one place. */
export function changedTexts(values: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.tuple(values, change).map(([value, one]) => changed(value, one));
}

const marker = '\uE000literal\uE000';

function changed(value: unknown, { do: what, place, literal, name }: Change): string {
  const holder = { root: structuredClone(value) as unknown };
  const places = placesIn(holder);
  const [parent, key] = places[place % places.length] as Place;
  const present = parent[key];
  if (what === 'replace') parent[key] = marker;
  else if (what === 'lengthen') parent[key] = lengthened(present);
  else if (what === 'add' && typeof present === 'object' && present !== null)
    Object.defineProperty(present, name, {
      value: marker,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (parent !== holder) delete parent[key];
  else parent[key] = marker;
  return (JSON.stringify(holder.root) ?? 'null').replace(JSON.stringify(marker), () => literal);
}

type Place = readonly [parent: Record<string, unknown>, key: string];

function placesIn(parent: object): Place[] {
  return Object.entries(parent).flatMap(([key, value]) => [
    [parent as Record<string, unknown>, key] as const,
    ...(typeof value === 'object' && value !== null ? placesIn(value) : []),
  ]);
}

function lengthened(value: unknown): unknown {
  if (typeof value === 'string') return (value || 'x').repeat(2000);
  if (typeof value === 'number') return value * 1e15 + 0.5;
  if (Array.isArray(value)) return Array.from({ length: 2000 }, () => value[0] ?? marker);
  return [value];
}
