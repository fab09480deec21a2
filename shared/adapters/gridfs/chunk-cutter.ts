import { chunkBytes } from './layout.ts';

/**
 * Cuts a stream of pieces of any length into chunks of {@link chunkBytes}, the last one shorter.
 * The first begins after `headBytes` that are left free for a head to come. The bytes are copied:
 * a source may use its buffer again. `newBuffer` gives buffers of one chunk to fill.
 */
export async function* cutIntoChunks(
  source: AsyncIterable<Uint8Array>,
  headBytes: number,
  newBuffer: () => Buffer,
): AsyncGenerator<Buffer, void, undefined> {
  let chunk = newBuffer();
  let filled = headBytes;
  for await (const piece of source) {
    for (let taken = 0; taken < piece.length;) {
      if (filled === chunkBytes) {
        yield chunk;
        chunk = newBuffer();
        filled = 0;
      }
      const part = piece.subarray(taken, taken + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      taken += part.length;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
