import { AppError, sentence } from '#shared/core/errors';
import { id3Tag } from '#shared/core/id3';
import type { JobResult, Receipt } from '#shared/core/job';
import { assertNotTooLong, lengthFault, shapeFor } from '#shared/core/media';
import { FrameCounter, framesFor } from '#shared/core/mp3';
import type { Mp3Shape } from '#shared/core/mp3';
import type { Claim, Probe } from '#shared/core/ports';
import { infoFrame, infoFrameBytes } from '#shared/core/xing';
import type { ConvertDeps } from './deps.ts';
import { openSource } from './open-source.ts';
import { SampleMeter } from './sample-meter.ts';

/** An MP3 that is stored, and what was compared before it counts as one. */
export interface StoredMp3 {
  readonly result: JobResult;
  readonly receipt: Receipt;
}

/** Called with the share of the sound that is through, 0 to 1. */
export type OnProgress = (share: number) => void;

type MakeDeps = Pick<ConvertDeps, 'files' | 'sources' | 'transcoder' | 'limits'>;

/**
 * Makes the MP3 of a claimed job: video → served by HTTP → probed → decoded → encoded → stored
 * under the lease's output id, header last. Nothing is stored that is shorter than the source
 * promises. Rejects with the code the job fails with, or the signal's reason; then the stored part
 * is removed and no ffmpeg is left.
 */
export function makeMp3(deps: MakeDeps) {
  const open = openSource(deps);
  return async (claim: Claim, onProgress: OnProgress, signal: AbortSignal): Promise<StoredMp3> => {
    const source = await open(claim.job, signal);
    const over = new AbortController();
    const until = AbortSignal.any([signal, source.broken, over.signal]);
    try {
      const probe = await deps.transcoder.probe(source.url, until);
      assertNotTooLong(probe.promised.seconds ?? 0, deps.limits.maxSeconds);
      const sound = { url: source.url, probe, onProgress, signal: until };
      return await convert(deps, claim, sound, () => over.abort());
    } finally {
      await source.close();
    }
  };
}

interface Sound {
  readonly url: string;
  readonly probe: Probe;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

async function convert(
  deps: MakeDeps,
  { job, lease }: Claim,
  sound: Sound,
  stop: () => void,
): Promise<StoredMp3> {
  const { probe, signal } = sound;
  const shape = shapeFor(probe.audio, job.options.bitrate);
  const meter = new SampleMeter(shape);
  const counter = new FrameCounter();
  const encoder = deps.transcoder.version;
  const tag = id3Tag({ ...probe.tags, encoder });
  const pcm = wholeSound(deps, sound, shape, meter);
  const frames = counted(deps.transcoder.encode({ ...shape, signal }, pcm), counter);
  const { id: jobId, ownerId, source } = job;
  const file = { fileId: lease.outputFileId, jobId, ownerId, contentType: 'audio/mpeg' };
  const head = {
    bytes: tag.length + infoFrameBytes(shape),
    build: () => Buffer.concat([tag, headerOf(shape, meter.samples, counter)]),
  };
  try {
    const named = { ...file, name: source.name };
    const stored = await deps.files.writeWithHead('mp3s', named, frames, head, signal);
    return {
      result: { ...stored, durationSeconds: meter.seconds },
      receipt: receiptOf(probe, shape, meter, counter.end().frames, encoder),
    };
  } finally {
    stop();
    // Whoever stored may have let go of them half-way: they end when their processes are gone.
    await Promise.allSettled([frames.return(undefined), pcm.return(undefined)]);
  }
}

function receiptOf(
  { promised, audio }: Probe,
  { sampleRate, channels }: Mp3Shape,
  { seconds, samples }: SampleMeter,
  frames: number,
  encoder: string,
): Receipt {
  const { codec } = audio;
  const sound = { samples, sampleRate, channels, frames, codec, encoder };
  return { promisedSeconds: promised.seconds, decodedSeconds: seconds, ...sound };
}

/** The decoded samples; ends with an error instead of ending too early or too late. */
async function* wholeSound(
  { transcoder, limits }: MakeDeps,
  { url, probe, onProgress, signal }: Sound,
  shape: Mp3Shape,
  meter: SampleMeter,
): AsyncGenerator<Uint8Array> {
  const decoding = transcoder.decode({ ...shape, url, trackIndex: probe.audio.index, signal });
  for await (const piece of decoding.pcm) {
    meter.push(piece);
    assertNotTooLong(meter.seconds, limits.maxSeconds);
    onProgress(Math.min(1, meter.seconds / (probe.promised.seconds ?? Infinity)));
    yield piece;
  }
  const { hint } = await decoding.finished;
  const fault = lengthFault(probe.promised, meter.seconds, hint);
  if (fault) throw new AppError(fault);
  if (meter.samples === 0) throw new AppError('no_audio');
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

function headerOf(shape: Mp3Shape, samples: number, counter: FrameCounter): Uint8Array {
  const encoded = counter.end();
  if (encoded.frames !== framesFor(samples, shape.sampleRate)) {
    const cause = new Error(`${encoded.frames} frames were made of ${samples} samples`);
    throw new AppError('internal', sentence.internal, { cause });
  }
  return infoFrame(shape, samples, encoded);
}
