import { AppError, sentence } from '#shared/core/errors';
import type { LevelRequest, SampleRequest } from '#shared/core/ports';
import { fromSamples } from './from-samples.ts';

const attackMs = 5;
const bytesPerSample = Float32Array.BYTES_PER_ELEMENT;

/** Applies a levelling to samples; see Transcoder in shared/core/ports.ts. */
export async function* level(
  request: LevelRequest,
  pcm: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { ceilingDb } = request.levelling;
  const late =
    ceilingDb === undefined ? 0 : limiterDelay(request) * bytesPerSample * request.channels;
  const taken = new ByteMeter();
  const given = new ByteMeter();
  const output = fromSamples(request, withTail(taken.through(pcm), late), [
    ...['-af', filtersFor(request), '-c:a', 'pcm_f32le', '-f', 'f32le'],
  ]);
  yield* given.through(withoutFirst(output, late));
  if (given.bytes !== taken.bytes) {
    const cause = new Error(`${taken.bytes} bytes of samples became ${given.bytes}`);
    throw new AppError('internal', sentence.internal, { cause });
  }
}

function filtersFor({ levelling: { gainDb, ceilingDb } }: LevelRequest): string {
  const gain = `volume=${gainDb}dB:precision=float`;
  if (ceilingDb === undefined) return gain;
  const limit = (10 ** (ceilingDb / 20)).toFixed(6);
  return `${gain},alimiter=limit=${limit}:level=0:attack=${attackMs}:release=50`;
}

/** By how many samples ffmpeg's limiter is late: one less than it looks ahead (af_alimiter.c). */
function limiterDelay({ sampleRate, channels }: SampleRequest): number {
  return Math.floor(Math.trunc(sampleRate * (attackMs / 1_000) * channels) / channels) - 1;
}

class ByteMeter {
  bytes = 0;

  async *through(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.bytes += piece.length;
      yield piece;
    }
  }
}

async function* withTail(
  pieces: AsyncIterable<Uint8Array>,
  zeros: number,
): AsyncGenerator<Uint8Array> {
  yield* pieces;
  if (zeros > 0) yield new Uint8Array(zeros);
}

async function* withoutFirst(
  pieces: AsyncIterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const piece of pieces) {
    const kept = piece.subarray(left);
    left -= piece.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}
