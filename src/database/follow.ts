/**
 * Following a row that other processes change: it is looked at a few times a second, once for all in this process who
 * follow it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from './connect.ts';

export interface Followed {
  /** Grows with each change; some may be passed over. */
  readonly seq: number;
  /** Nothing more happens until somebody asks for it. */
  readonly rests: boolean;
}

export interface FollowOptions {
  /** What was seen already; an event with this number is not told again. */
  readonly afterSeq?: number;
  /** Ends the following. */
  readonly signal?: AbortSignal;
}

/**
 * Tells of each change until the row rests; the last event says so. Ends without any when it rests and was seen to.
 *
 * @param name of the row; all who follow under one name wait for the same look.
 * @throws what a look throws.
 */
export async function* follow<Event extends Followed>(
  database: Database,
  name: string,
  look: () => Promise<Event>,
  { afterSeq = -1, signal }: FollowOptions = {},
): AsyncGenerator<Event> {
  let seen = afterSeq;
  let next = look;
  while (signal?.aborted !== true) {
    const event = await unlessAborted(next(), signal);
    if (event === undefined) return;
    if (event.seq > seen) {
      seen = event.seq;
      yield event;
    }
    if (event.rests) return;
    next = () => nextLook(database, name, look);
  }
}

/** @returns undefined as soon as the signal is given; whatever comes of the promise then is nobody's. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

const lookEveryMs = 300;

const looks = new WeakMap<Database, Map<string, Promise<Followed>>>();

function nextLook<Event extends Followed>(
  database: Database,
  name: string,
  look: () => Promise<Event>,
): Promise<Event> {
  const ofDatabase = looks.get(database) ?? new Map<string, Promise<Followed>>();
  looks.set(database, ofDatabase);
  // Under one name there are looks of one kind only.
  const underWay = ofDatabase.get(name) as Promise<Event> | undefined;
  if (underWay !== undefined) return underWay;
  const looking = pause(lookEveryMs)
    .then(look)
    .finally(() => ofDatabase.delete(name));
  ofDatabase.set(name, looking);
  // Those who wait for it hear of its failure; when all of them have left, nobody does.
  looking.catch(() => {});
  return looking;
}
