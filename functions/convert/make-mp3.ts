import { AppError, sentence } from '#shared/core/errors';
import { id3Tag } from '#shared/core/id3';
import type { JobResult, Receipt } from '#shared/core/job';
import { framesFor } from '#shared/core/mp3';
import type { Claim } from '#shared/core/ports';
import { infoFrame, infoFrameBytes } from '#shared/core/xing';
import type { ConvertDeps } from './deps.ts';
import { encodeSound } from './encode-sound.ts';
import type { EncodedSound } from './encode-sound.ts';
import type { Standing } from './keep-lease.ts';
import { openSource } from './open-source.ts';
import { planFor } from './plan.ts';
import type { Plan } from './plan.ts';
import { openSound } from './sound.ts';
import type { Sound } from './sound.ts';

/** An MP3 that is stored, and what was compared before it counts as one. */
export interface StoredMp3 {
  readonly result: JobResult;
  readonly receipt: Receipt;
}

type MakeDeps = Pick<ConvertDeps, 'files' | 'sources' | 'transcoder' | 'limits'>;

/**
 * Makes the MP3 of a claimed job: video → served by HTTP → probed → decoded → encoded → stored
 * under the lease's output id, header last. Nothing is stored that is shorter than the source
 * promises; how far it is shows in `standing`. Rejects with the code the job fails with, or the signal's reason; then the stored part
 * is removed and no ffmpeg is left.
 */
export function makeMp3(deps: MakeDeps) {
  const open = openSource(deps);
  return async (claim: Claim, standing: Standing, signal: AbortSignal): Promise<StoredMp3> => {
    const source = await open(claim.job, signal);
    const served = { url: source.url, container: source.container };
    const over = new AbortController();
    const until = AbortSignal.any([signal, source.broken, over.signal]);
    try {
      const probe = await deps.transcoder.probe({ ...served, signal: until });
      const plan = planFor(probe, claim.job.options, deps.limits);
      const onProgress = (share: number) => {
        standing.progress = Math.max(standing.progress, share);
      };
      const sound = openSound(deps, { ...served, plan, onProgress, signal: until });
      const encoded = encodeSound(deps.transcoder, plan.shape, sound.pcm, until);
      try {
        return await store(deps, claim, { plan, sound, encoded }, until);
      } finally {
        over.abort();
        // Whoever stored may have let go of them half-way: they end when their processes are gone.
        await Promise.allSettled([encoded.frames.return(undefined), sound.pcm.return(undefined)]);
      }
    } finally {
      await source.close();
    }
  };
}

interface Mp3 {
  readonly plan: Plan;
  readonly sound: Sound;
  readonly encoded: EncodedSound;
}

async function store(
  { files, transcoder }: MakeDeps,
  { job: { id: jobId, ownerId, source }, lease }: Claim,
  mp3: Mp3,
  signal: AbortSignal,
): Promise<StoredMp3> {
  const { plan, sound, encoded } = mp3;
  const tag = id3Tag({ ...plan.tags, encoder: transcoder.version });
  const head = {
    bytes: tag.length + infoFrameBytes(plan.shape),
    build: () => Buffer.concat([tag, infoFrameOf(mp3)]),
  };
  const file = {
    ...{ fileId: lease.outputFileId, jobId, ownerId },
    ...{ contentType: 'audio/mpeg', name: source.name },
  };
  const stored = await files.writeWithHead('mp3s', file, encoded.frames, head, signal);
  return {
    result: { ...stored, durationSeconds: sound.meter.seconds },
    receipt: receiptOf(mp3, transcoder.version),
  };
}

function infoFrameOf({ plan: { shape }, sound: { meter }, encoded }: Mp3): Uint8Array {
  const count = encoded.count();
  if (count.frames !== framesFor(meter.samples, shape.sampleRate)) {
    const cause = new Error(`${count.frames} frames were made of ${meter.samples} samples`);
    throw new AppError('internal', sentence.internal, { cause });
  }
  return infoFrame(shape, meter.samples, count);
}

function receiptOf({ plan, sound: { meter }, encoded }: Mp3, encoder: string): Receipt {
  const { sampleRate, channels } = plan.shape;
  const { codec, promised } = plan.track;
  const { frames } = encoded.count();
  return {
    ...{ promisedSeconds: promised.seconds, decodedSeconds: meter.seconds },
    ...{ samples: meter.samples, sampleRate, channels, frames, codec, encoder },
  };
}
