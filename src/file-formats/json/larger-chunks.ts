/**
 * Chunks of a text put together to at least as many bytes as its reader wants. A reader that wants what is left over
 * of its last row once more reads a long row in linear time, and throws away few buffers on the way.
 * @param wanted is asked after each chunk that was yielded.
 */
export async function* largerChunks(
  chunks: AsyncIterable<Buffer>,
  wanted: () => number,
): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    pending.push(chunk);
    size += chunk.length;
    if (size < wanted()) continue;
    yield together(pending);
    pending = [];
    size = 0;
  }
  if (size > 0) yield together(pending);
}

function together(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
}
