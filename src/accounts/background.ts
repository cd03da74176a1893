import { log } from '../platform/log.ts';

export interface Background {
  /** Lets work go on behind an answer. A failure of it is logged. */
  add(work: Promise<unknown>): void;
  /** Over when nothing is under way. */
  settled(): Promise<void>;
}

export function openBackground(): Background {
  const underWay = new Set<Promise<unknown>>();
  return {
    add: (work) => {
      const watched = work
        .catch((error: unknown) => log().error({ err: error }, 'what a sign-in call left to be done failed'))
        .finally(() => underWay.delete(watched));
      underWay.add(watched);
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
