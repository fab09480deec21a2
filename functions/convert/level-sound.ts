import type { LoudnessReceipt } from '#shared/core/job';
import type { LevelRequest, Transcoder } from '#shared/core/ports';
import { warning } from '#shared/core/warnings';
import type { Warning } from '#shared/core/warnings';
import type { EncoderSlots } from './encoder-slots.ts';
import { findLevel } from './find-level.ts';
import { openSound } from './sound.ts';
import type { Sound, SoundDeps, SoundRequest } from './sound.ts';

/** A sound as loud as it was asked for. */
export interface LevelledSound extends Sound {
  readonly loudness: LoudnessReceipt | undefined;
  readonly warnings: readonly Warning[];
}

type LevelDeps = SoundDeps & {
  readonly transcoder: Pick<Transcoder, 'measureLoudness' | 'level'>;
  readonly slots: Pick<EncoderSlots, 'take'>;
};

/**
 * Opens a sound at the loudness of `targetLufs` (EBU R128), or as loud as it is. To be measured it
 * is decoded once before, and once for each try of a limiter, each time in a slot of its own. What
 * has no loudness stays as it is, with a warning.
 */
export async function openLevelledSound(
  deps: LevelDeps,
  request: SoundRequest,
  targetLufs: number | undefined,
): Promise<LevelledSound> {
  if (targetLufs === undefined) return asItIs(deps, request, []);
  const shape = { ...request.plan.shape, signal: request.signal };
  const nextPass = inPasses(request.onProgress);
  const level = await findLevel(targetLufs, async (levelling) => {
    const release = await deps.slots.take(request.signal);
    const { pcm } = openSound(deps, { ...request, onProgress: nextPass(measuringShare) });
    try {
      const heard = levelling ? deps.transcoder.level({ ...shape, levelling }, pcm) : pcm;
      return await deps.transcoder.measureLoudness(shape, heard);
    } finally {
      await pcm.return(undefined);
      release();
    }
  });
  const last = { ...request, onProgress: nextPass(1) };
  if (!level) return asItIs(deps, last, [warning('no_loudness')]);
  const sound = openSound(deps, last);
  const pcm = levelled(deps, { ...shape, levelling: level.levelling }, sound.pcm);
  return { ...sound, pcm, loudness: level.receipt, warnings: missed(level.receipt) };
}

/** Of what is left to do, about so much is a pass that measures and encodes nothing. */
const measuringShare = 1 / 3;

/**
 * For each pass a listener to its shares, who tells those of the whole work: nobody knows before
 * how many passes there are, so each is given a part of what is left.
 */
function inPasses(onProgress: SoundRequest['onProgress']) {
  let begun = 0;
  return (part: number) => {
    const from = begun;
    const span = part * (1 - from);
    begun += span;
    return (share: number) => onProgress(from + share * span);
  };
}

function asItIs(
  deps: LevelDeps,
  request: SoundRequest,
  warnings: readonly Warning[],
): LevelledSound {
  return { ...openSound(deps, request), loudness: undefined, warnings };
}

async function* levelled(
  { transcoder }: LevelDeps,
  request: LevelRequest,
  pcm: Sound['pcm'],
): AsyncGenerator<Uint8Array> {
  try {
    yield* transcoder.level(request, pcm);
  } finally {
    await pcm.return(undefined);
  }
}

/** What a listener would not hear is no news. */
const noticeableLu = 0.5;

function missed({ targetLufs, reachedLufs }: LoudnessReceipt): readonly Warning[] {
  const isMissed = Math.abs(targetLufs - reachedLufs) > noticeableLu;
  return isMissed ? [warning('loudness_missed')] : [];
}
