import { AppError } from '#shared/core/errors';
import { assertNotTooLong, lengthFault } from '#shared/core/media';
import type { SourceRequest } from '#shared/core/ports';
import type { ConvertDeps } from './deps.ts';
import type { Plan } from './plan.ts';
import { SampleMeter } from './sample-meter.ts';

type SoundDeps = Pick<ConvertDeps, 'transcoder' | 'limits'>;

/** Where the sound comes from, and who hears how far it is. */
export interface SoundRequest extends SourceRequest {
  readonly plan: Plan;
  /** Called with the share of the sound that is through, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Samples on their way, and how many there were so far. */
export interface Sound {
  /** Ends with an error instead of ending too early or too late. */
  readonly pcm: AsyncGenerator<Uint8Array>;
  readonly meter: SampleMeter;
}

/** The decoded samples of the planned track. */
export function openSound(deps: SoundDeps, request: SoundRequest): Sound {
  const meter = new SampleMeter(request.plan.shape);
  return { pcm: wholeSound(deps, request, meter), meter };
}

async function* wholeSound(
  { transcoder, limits }: SoundDeps,
  { url, container, plan: { track, shape }, onProgress, signal }: SoundRequest,
  meter: SampleMeter,
): AsyncGenerator<Uint8Array> {
  const decoding = transcoder.decode({
    ...{ url, container, signal },
    ...{ ...shape, trackIndex: track.index },
  });
  for await (const piece of decoding.pcm) {
    meter.push(piece);
    assertNotTooLong(meter.seconds, limits.maxSeconds);
    onProgress(Math.min(1, meter.seconds / (track.promised.seconds ?? Infinity)));
    yield piece;
  }
  const { hint } = await decoding.finished;
  const fault = lengthFault(track.promised, meter.seconds, hint);
  if (fault) throw new AppError(fault);
  if (meter.samples === 0) throw new AppError('no_audio');
}
