import { joinBytes } from '#shared/core/bytes';
import type { CoverRequest } from '#shared/core/ports';
import { fromSource } from './from-source.ts';

/**
 * Takes an attached picture out of its container; see Transcoder in shared/core/ports.ts. What
 * `image2pipe` writes of a copied stream are the stream's own bytes, whatever they are.
 */
export async function cover(request: CoverRequest): Promise<Uint8Array | undefined> {
  const { output, finished } = fromSource(request, [
    ...['-map', `0:${request.streamIndex}`, '-an', '-sn', '-dn', '-map_metadata', '-1'],
    ...['-c', 'copy', '-frames:v', '1', '-f', 'image2pipe'],
  ]);
  try {
    const bytes = await readAtMost(output, request.maxBytes);
    if (bytes) await finished;
    return bytes;
  } catch {
    request.signal.throwIfAborted();
    return undefined;
  }
}

async function readAtMost(
  output: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of output) {
    bytes += piece.length;
    if (bytes > maxBytes) return undefined;
    pieces.push(piece);
  }
  return joinBytes(...pieces);
}
