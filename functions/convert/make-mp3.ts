import { AppError, sentence } from '#shared/core/errors';
import type { Checkpoint } from '#shared/core/job';
import { framesFor } from '#shared/core/mp3';
import type { Claim, Probe, Savepoints, SourceRequest } from '#shared/core/ports';
import { infoFrame, infoFrameBytes } from '#shared/core/xing';
import { copyWherePossible } from './copy-mp3.ts';
import type { ConvertDeps } from './deps.ts';
import { encodeResumably } from './encode-resumably.ts';
import type { Standing } from './keep-lease.ts';
import { openLevelledSound } from './level-sound.ts';
import { openSource } from './open-source.ts';
import type { OpenSource } from './open-source.ts';
import { planFor } from './plan.ts';
import type { Plan } from './plan.ts';
import { degradedOf, receiptOf } from './receipt.ts';
import type { Made } from './receipt.ts';
import { orFromZero } from './resume.ts';
import { mp3FileOf } from './stored-mp3.ts';
import type { StoredMp3 } from './stored-mp3.ts';
import { tagSound } from './tag-sound.ts';
import type { SoundTag } from './tag-sound.ts';

type MakeDeps = Omit<ConvertDeps, 'claims' | 'ring' | 'random'>;

/**
 * Makes the MP3 of a claimed job: video → served by HTTP → probed → planned → decoded → encoded →
 * stored under the lease's output id, header last. Nothing is stored that is shorter than the
 * source promises, unless the person allowed that: then the result says so. How far it is shows in
 * `standing`. Rejects with the code the job fails with, or the signal's reason; then no ffmpeg is
 * left, and what is stored is removed unless it holds a checkpoint. Goes on behind the checkpoint of
 * the claim where that fits.
 */
export function makeMp3(deps: MakeDeps) {
  const open = openSource(deps);
  return async (claim: Claim, standing: Standing, signal: AbortSignal): Promise<StoredMp3> => {
    const source = await open(claim.job, signal);
    try {
      return await convert(deps, claim, source, standing, signal);
    } finally {
      await source.close();
    }
  };
}

async function convert(
  deps: MakeDeps,
  claim: Claim,
  { url, container, isCutOff, broken }: OpenSource,
  standing: Standing,
  signal: AbortSignal,
): Promise<StoredMp3> {
  const { version: encoder } = deps.transcoder;
  const source = { url, container, signal: AbortSignal.any([signal, broken]) };
  const probe = await deps.transcoder.probe(source);
  const limits = { ...deps.limits, encoders: deps.slots.size };
  const plan = planFor(probe, claim.job, limits, encoder);
  const { options } = claim.job;
  const tag = await tagSound(deps.transcoder, source, { probe, options, texts: plan.tags });
  const { track } = plan;
  const onProgress = (share: number) => {
    standing.progress = Math.max(standing.progress, share);
  };
  const copyable = { source, probe, track, tag, onProgress };
  const copied = isCutOff ? undefined : await copyWherePossible(deps, claim, copyable);
  if (copied) return copied;
  return orFromZero(claim.checkpoint, plan.fingerprint, deps.log, (from) =>
    encodeAndStore(deps, claim, { ...copyable, isCutOff, plan, from, standing }),
  );
}

interface Task {
  readonly source: SourceRequest;
  readonly isCutOff: boolean;
  readonly probe: Probe;
  readonly plan: Plan;
  readonly tag: SoundTag;
  /** What an earlier attempt left. */
  readonly from: Checkpoint | undefined;
  readonly standing: Standing;
  readonly onProgress: (share: number) => void;
}

async function encodeAndStore(deps: MakeDeps, claim: Claim, task: Task): Promise<StoredMp3> {
  const { source, isCutOff, probe, plan, tag, from, standing, onProgress } = task;
  const { options } = claim.job;
  const over = new AbortController();
  const signal = AbortSignal.any([source.signal, over.signal]);
  const { allowPartial } = options;
  const wanted = { ...source, signal, plan, allowPartial, onProgress };
  const sound = await openLevelledSound(deps, wanted, options.loudness);
  const start = tag.bytes.length + infoFrameBytes(plan.shape);
  const output = { fileId: claim.lease.outputFileId, start };
  const request = { plan, sound, output, standing, from, signal };
  const { encoded, savepoints } = encodeResumably(deps, request);
  const { container } = source;
  const { version: encoder } = deps.transcoder;
  const made = { container, isCutOff, options, probe, plan, tag, sound, encoded, from, encoder };
  try {
    return await store(deps, claim, made, savepoints, signal);
  } finally {
    over.abort();
    // Whoever stored may have let go of them half-way: they end when their processes are gone.
    await Promise.allSettled([encoded.frames.return(undefined), sound.pcm.return(undefined)]);
  }
}

async function store(
  { files }: MakeDeps,
  claim: Claim,
  made: Made,
  savepoints: Savepoints | undefined,
  signal: AbortSignal,
): Promise<StoredMp3> {
  const { plan, tag, sound, encoded } = made;
  const head = {
    bytes: tag.bytes.length + infoFrameBytes(plan.shape),
    build: () => Buffer.concat([tag.bytes, infoFrameOf(made)]),
  };
  const file = mp3FileOf(claim);
  const stored = await files.writeWithHead('mp3s', file, encoded.frames, head, signal, savepoints);
  const degraded = degradedOf(made);
  const { seconds: durationSeconds } = sound.meter;
  return {
    result: { ...stored, durationSeconds, ...(degraded && { degraded }) },
    receipt: receiptOf(made, stored.sha256),
  };
}

function infoFrameOf({ plan: { shape }, sound: { meter }, encoded }: Made): Uint8Array {
  const count = encoded.count();
  if (count.frames !== framesFor(meter.samples, shape.sampleRate)) {
    const cause = new Error(`${count.frames} frames were made of ${meter.samples} samples`);
    throw new AppError('internal', sentence.internal, { cause });
  }
  return infoFrame(shape, meter.samples, count);
}
