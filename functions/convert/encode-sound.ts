import { FrameCounter } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import type { Mp3Encoding } from '#shared/core/mp3';
import type { Transcoder } from '#shared/core/ports';

/** Frames on their way, and how many there were so far. */
export interface EncodedSound {
  readonly frames: AsyncGenerator<Uint8Array>;
  /** Known after the last frame. */
  count(): FrameCount;
}

/** The frames of the samples, in order. */
export function encodeSound(
  transcoder: Pick<Transcoder, 'encode'>,
  encoding: Mp3Encoding,
  pcm: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): EncodedSound {
  const counter = new FrameCounter();
  const frames = transcoder.encode({ ...encoding, reservoir: true, signal }, pcm);
  return { frames: counted(frames, counter), count: () => counter.end() };
}

async function* counted(
  frames: AsyncIterable<Uint8Array>,
  counter: FrameCounter,
): AsyncGenerator<Uint8Array> {
  for await (const piece of frames) {
    counter.push(piece);
    yield piece;
  }
}
