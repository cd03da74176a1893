/**
 * What somebody meant who mistyped a word.
 *
 * @returns the one of the known words that takes the fewest slips to get to (a letter too many, missing, another, or two
 *   exchanged), if that is no more than one in three letters; or else the only one that begins with what was typed.
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const slipsMax = Math.max(1, Math.floor(typed.length / 3));
  const [best] = known
    .map((word) => ({ word, slips: slipsBetween(typed, word) }))
    .filter(({ slips }) => slips <= slipsMax)
    .sort((a, b) => a.slips - b.slips);
  if (best !== undefined) return best.word;
  const begun = known.filter((word) => typed.length > 1 && word.startsWith(typed));
  return begun.length === 1 ? begun[0] : undefined;
}

function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const differs = one[i - 1] === other[j - 1] ? 0 : 1;
      const exchanged = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + differs,
        exchanged ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
