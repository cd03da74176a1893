/** Holds back the last rows of a table, which are no data. */
import type { RowBatch } from './rows.ts';

export async function* withoutFooter(
  batches: AsyncGenerator<RowBatch>,
  footerRows: number,
): AsyncGenerator<RowBatch> {
  if (footerRows === 0) {
    yield* batches;
    return;
  }
  const held: RowBatch[] = [];
  let rows = 0;
  for await (const batch of batches) {
    held.push(batch);
    rows += batch.length;
    for (let first = held[0]; first !== undefined && rows - first.length >= footerRows; first = held[0]) {
      rows -= first.length;
      held.shift();
      yield first;
    }
  }
  let left = footerRows;
  while (left > 0 && held.length > 0) {
    const last = held.pop() as RowBatch;
    if (last.length > left && last.start !== undefined) held.push(last.start(last.length - left));
    left -= last.length;
  }
  yield* held;
}
