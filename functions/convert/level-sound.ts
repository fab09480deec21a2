import type { LoudnessReceipt } from '#shared/core/job';
import type { LevelRequest, Transcoder } from '#shared/core/ports';
import { warning } from '#shared/core/warnings';
import type { Warning } from '#shared/core/warnings';
import { findLevel } from './find-level.ts';
import { openSound } from './sound.ts';
import type { Sound, SoundDeps, SoundRequest } from './sound.ts';

/** A sound as loud as it was asked for. */
export interface LevelledSound extends Sound {
  readonly loudness: LoudnessReceipt | undefined;
  readonly warnings: readonly Warning[];
}

type LevelDeps = SoundDeps & { readonly transcoder: Pick<Transcoder, 'measureLoudness' | 'level'> };

/**
 * Opens a sound at the loudness of `targetLufs` (EBU R128), or as loud as it is. To be measured it
 * is decoded once before, and once for each try of a limiter. What has no loudness stays as it is,
 * with a warning.
 */
export async function openLevelledSound(
  deps: LevelDeps,
  request: SoundRequest,
  targetLufs: number | undefined,
): Promise<LevelledSound> {
  if (targetLufs === undefined) return asItIs(deps, request, []);
  const shape = { ...request.plan.shape, signal: request.signal };
  const level = await findLevel(targetLufs, async (levelling) => {
    const { pcm } = openSound(deps, { ...request, onProgress: () => undefined });
    try {
      const heard = levelling ? deps.transcoder.level({ ...shape, levelling }, pcm) : pcm;
      return await deps.transcoder.measureLoudness(shape, heard);
    } finally {
      await pcm.return(undefined);
    }
  });
  if (!level) return asItIs(deps, request, [warning('no_loudness')]);
  const sound = openSound(deps, request);
  const pcm = levelled(deps, { ...shape, levelling: level.levelling }, sound.pcm);
  return { ...sound, pcm, loudness: level.receipt, warnings: missed(level.receipt) };
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
