import type { CopiedFrames } from '#shared/core/copied-frames';
import type { CopyRequest, Transcoder } from '#shared/core/ports';
import type { Sound } from './sound.ts';

/**
 * The frames of an MP3 track, while the same track is decoded beside. Ends with an error where
 * that does; `seen` hears of all frames.
 */
export async function* copyFrames(
  transcoder: Pick<Transcoder, 'copy'>,
  request: CopyRequest,
  sound: Pick<Sound, 'pcm'>,
  seen: CopiedFrames,
): AsyncGenerator<Uint8Array> {
  const decoded = drain(sound.pcm);
  // Heard below; until then it is nobody's.
  decoded.catch(() => undefined);
  try {
    for await (const piece of transcoder.copy(request)) {
      seen.push(piece);
      yield piece;
    }
    await decoded;
  } finally {
    await sound.pcm.return(undefined);
  }
}

async function drain(pcm: AsyncIterable<Uint8Array>): Promise<void> {
  const pieces = pcm[Symbol.asyncIterator]();
  while (!(await pieces.next()).done);
}
