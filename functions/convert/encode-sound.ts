import { FrameCounter } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import type { Mp3Encoding } from '#shared/core/mp3';
import { segmentFrames } from '#shared/core/segments';
import { encodeSegments } from './encode-segments.ts';
import type { EncodeDeps } from './encode-segments.ts';
import { endedBy } from './ended-by.ts';

/** The frames of the first segments. */
export interface EncodedSegments extends FrameCount {
  readonly segments: number;
}

/** How a sound is encoded. */
export interface EncodeOptions {
  /** About how long a segment is; undefined for one run over the whole sound, with reservoir. */
  readonly segmentSeconds: number | undefined;
  /** Called when the frames of one more segment were taken. */
  readonly onSegment?: ((encoded: EncodedSegments) => void) | undefined;
  /** Goes on behind these; the sound is the whole one nevertheless. */
  readonly from?: EncodedSegments | undefined;
  readonly signal: AbortSignal;
}

/** Frames on their way, and how many there were so far. */
export interface EncodedSound {
  readonly frames: AsyncGenerator<Uint8Array>;
  /** Known after the last frame, those of `from` included. 1 segment is one run. */
  readonly count: () => EncodedSegments;
}

/**
 * The frames of the samples, in order; all encoders share the slots. Rejects with what the sound
 * or an encoder fails with, or the signal's reason; then no encoder is left, nor when whoever takes
 * the frames lets go of them, at any moment. Who opened `pcm` closes it.
 */
export function encodeSound(
  deps: EncodeDeps,
  encoding: Mp3Encoding,
  pcm: AsyncIterable<Uint8Array>,
  options: EncodeOptions,
): EncodedSound {
  const over = new AbortController();
  const until = { ...options, signal: AbortSignal.any([options.signal, over.signal]) };
  const counter = new FrameCounter(options.from);
  let segments = options.from?.segments ?? 0;
  const count = () => ({ ...counter.end(), segments });
  async function* counted() {
    for await (const frames of framesOf(deps, encoding, pcm, until)) {
      for await (const piece of frames) {
        counter.push(piece);
        yield piece;
      }
      segments += 1;
      options.onSegment?.(count());
    }
  }
  return { frames: endedBy(counted(), () => over.abort()), count };
}

function framesOf(
  deps: EncodeDeps,
  encoding: Mp3Encoding,
  pcm: AsyncIterable<Uint8Array>,
  { segmentSeconds, from, signal }: EncodeOptions,
): AsyncIterable<AsyncIterable<Uint8Array>> {
  if (segmentSeconds === undefined) return oneRun(deps, encoding, pcm, signal);
  const frames = segmentFrames(segmentSeconds, encoding.sampleRate);
  return encodeSegments(deps, encoding, pcm, { frames, skipped: from?.segments ?? 0 }, signal);
}

async function* oneRun(
  { transcoder, slots }: EncodeDeps,
  encoding: Mp3Encoding,
  pcm: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const release = await slots.take(signal);
  try {
    yield transcoder.encode({ ...encoding, reservoir: true, signal }, pcm);
  } finally {
    release();
  }
}
