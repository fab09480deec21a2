import type { LoudnessReceipt } from '#shared/core/job';
import { betterLevelling, levellingFor } from '#shared/core/loudness';
import type { Levelling, Loudness } from '#shared/core/loudness';

/** What is to be done to a sound, and what was measured. */
export interface Level {
  readonly levelling: Levelling;
  readonly receipt: LoudnessReceipt;
}

/** Measures the whole sound, as it is or as it would be. */
export type Listen = (levelling?: Levelling) => Promise<Loudness | undefined>;

/** What a limiter takes from the peaks is not known before; more tries bring no more. */
const mostTries = 4;

/**
 * How a sound is brought to `targetLufs` (EBU R128): by one gain where its peaks allow it, else
 * with a limiter behind the gain, which is tried out and corrected. Undefined for silence and for
 * less than 0.4 s of sound, which have no loudness.
 */
export async function findLevel(targetLufs: number, listen: Listen): Promise<Level | undefined> {
  const measured = await listen();
  if (!measured) return undefined;
  let levelling = levellingFor(measured, targetLufs);
  if (levelling.ceilingDb === undefined) return levelOf(measured, targetLufs, levelling, undefined);
  for (let tries = 1; ; tries += 1) {
    const heard = await listen(levelling);
    const better = heard && betterLevelling(levelling, heard, targetLufs);
    if (!better || tries === mostTries) return levelOf(measured, targetLufs, levelling, heard);
    levelling = better;
  }
}

function levelOf(
  { lufs: measuredLufs, truePeakDb }: Loudness,
  targetLufs: number,
  levelling: Levelling,
  heard: Loudness | undefined,
): Level {
  const { gainDb, ceilingDb } = levelling;
  const mode = ceilingDb === undefined ? 'linear' : 'limited';
  const reachedLufs = heard?.lufs ?? targetLufs;
  const receipt = { targetLufs, measuredLufs, truePeakDb, gainDb, mode, reachedLufs } as const;
  return { levelling, receipt };
}
