import { AppError } from '#shared/core/errors';
import { cutsOf } from '#shared/core/excerpt';
import type { Cuts } from '#shared/core/excerpt';
import { assertNotTooLong, lengthFault, promisedUpTo } from '#shared/core/media';
import type { DecodeHint } from '#shared/core/media';
import type { SourceRequest } from '#shared/core/ports';
import type { ConvertDeps } from './deps.ts';
import type { Plan } from './plan.ts';
import { bytesPerSample, SampleMeter } from './sample-meter.ts';

/** What decoding needs. */
export interface SoundDeps {
  readonly transcoder: Pick<ConvertDeps['transcoder'], 'decode'>;
  readonly limits: Pick<ConvertDeps['limits'], 'maxSeconds'>;
}

/** Where the sound comes from, and who hears how far it is. */
export interface SoundRequest extends SourceRequest {
  readonly plan: Pick<Plan, 'track' | 'shape' | 'excerpt'>;
  /** Whether a track that is damaged or ends too early is taken as far as it can be heard. */
  readonly allowPartial?: boolean | undefined;
  /** Called with the share of the sound that is through, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Samples on their way, and how many there were so far. */
export interface Sound {
  /**
   * Those of the excerpt. Ends with an error instead of ending too early or too late, unless that
   * is allowed.
   */
  readonly pcm: AsyncGenerator<Uint8Array>;
  /** What came out of the track. */
  readonly decoded: SampleMeter;
  /** What went into the excerpt. */
  readonly meter: SampleMeter;
  readonly ending: Readonly<Ending>;
}

/** What was let pass, once the last sample is through. */
interface Ending {
  fault: DecodeHint;
}

/**
 * The planned excerpt of the track, to the sample; where the track starts late, silence keeps the
 * film's timeline. Nothing is decoded behind the excerpt's end: up to there the track's promise is
 * held against it.
 */
export function openSound(deps: SoundDeps, request: SoundRequest): Sound {
  const { shape, excerpt } = request.plan;
  const decoded = new SampleMeter(shape);
  const meter = new SampleMeter(shape);
  const cuts = cutsOf(excerpt);
  const ending: Ending = { fault: undefined };
  const track = decodedTrack(deps, request, cuts, decoded);
  const heard = request.allowPartial ? asFarAsItGoes(track, request, decoded, ending) : track;
  const sampleBytes = bytesPerSample * shape.channels;
  const pcm = metered(cutOut(heard, cuts, sampleBytes, ending), meter);
  return { pcm, decoded, meter, ending };
}

/**
 * Ends where the track fails for its own fault, and tells of that; fails where nothing was heard.
 */
async function* asFarAsItGoes(
  track: AsyncIterable<Uint8Array>,
  { signal }: SoundRequest,
  meter: SampleMeter,
  ending: Ending,
): AsyncGenerator<Uint8Array> {
  try {
    yield* track;
  } catch (error) {
    // A store that fails to give bytes looks like a file that lacks them.
    signal.throwIfAborted();
    const fault = faultIn(error);
    if (!fault || meter.samples === 0) throw error;
    ending.fault = fault;
  }
}

/** What an error says against the source, if that is what it does. */
export function faultIn(error: unknown): DecodeHint {
  if (!(error instanceof AppError)) return undefined;
  return error.code === 'truncated' || error.code === 'damaged' ? error.code : undefined;
}

/** Time stamps are not as exact as samples: with so much more, none of the last is missing. */
const marginSeconds = 1;

async function* decodedTrack(
  { transcoder, limits }: SoundDeps,
  { plan: { track, shape }, onProgress, url, container, signal }: SoundRequest,
  { stop }: Cuts,
  meter: SampleMeter,
): AsyncGenerator<Uint8Array> {
  const seconds = stop === Infinity ? undefined : stop / shape.sampleRate + marginSeconds;
  const promised = promisedUpTo(track.promised, seconds ?? Infinity);
  const source = { url, container, signal };
  const decoding = transcoder.decode({ ...source, ...shape, trackIndex: track.index, seconds });
  for await (const piece of decoding.pcm) {
    meter.push(piece);
    const keptSeconds = Math.min(meter.seconds, stop / shape.sampleRate);
    assertNotTooLong(track.startsAfterSeconds + keptSeconds, limits.maxSeconds);
    onProgress(Math.min(1, meter.seconds / (promised.seconds ?? seconds ?? Infinity)));
    yield piece;
  }
  const { hint } = await decoding.finished;
  const fault = lengthFault(promised, meter.seconds, hint);
  if (fault) throw new AppError(fault);
  if (meter.samples === 0) throw new AppError('no_audio');
}

async function* cutOut(
  track: AsyncIterable<Uint8Array>,
  { silence, skip, stop }: Cuts,
  sampleBytes: number,
  ending: Readonly<Ending>,
): AsyncGenerator<Uint8Array> {
  yield* silent(silence * sampleBytes);
  let at = 0;
  let kept = 0;
  for await (const piece of track) {
    const part = piece.subarray(
      Math.max(0, skip * sampleBytes - at),
      Math.max(0, stop * sampleBytes - at),
    );
    at += piece.length;
    kept += part.length;
    if (part.length > 0) yield part;
  }
  if (kept === 0) throw ending.fault ? new AppError(ending.fault) : outside();
}

function outside(): AppError {
  const message = 'This video has no sound between the start and the end that were asked for.';
  return new AppError('impossible_options', message);
}

const silentPiece = new Uint8Array(64 * 1024);

function* silent(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= silentPiece.length) {
    yield silentPiece.subarray(0, left);
  }
}

async function* metered(
  pcm: AsyncIterable<Uint8Array>,
  meter: SampleMeter,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pcm) {
    meter.push(piece);
    yield piece;
  }
}
