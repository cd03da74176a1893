/** Numbers that a seed makes the same on every machine. */

export interface Random {
  /** From 0 up to 1, and never 1. */
  fraction(): number;
  /** A whole number from 0 up to `below`, and never that. */
  below(below: number): number;
  /** One of several, each as likely as its weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T;
}

/** The generator mulberry32: 32 bits of state, evenly spread, which is all that is asked of it here. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    fraction,
    below: (below) => Math.floor(fraction() * below),
    weighted: (weights) => {
      const entries = Object.entries<number>(weights);
      let left = fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      const chosen = entries.find(([, weight]) => {
        left -= weight;
        return left < 0;
      });
      return (chosen ?? entries[0])?.[0] as keyof typeof weights;
    },
  };
}
