import type { LoudnessReceipt } from '#shared/core/job';
import { betterLevelling, levellingFor } from '#shared/core/loudness';
import type { Levelling, Loudness } from '#shared/core/loudness';
import type { SampleRequest, Transcoder } from '#shared/core/ports';

/** What is to be done to a sound, and what was measured. */
export interface Level {
  readonly levelling: Levelling;
  readonly receipt: LoudnessReceipt;
}

type Measuring = Pick<Transcoder, 'measureLoudness' | 'level'>;

/**
 * How a sound is brought to `targetLufs` (EBU R128): by one gain where its peaks allow it, else
 * with a limiter behind the gain, which is tried out and corrected. Each call of `open` gives the
 * sound from its beginning. Undefined for silence and for less than 0.4 s of sound, which have no
 * loudness.
 */
export async function levelSound(
  transcoder: Measuring,
  targetLufs: number,
  request: SampleRequest,
  open: () => AsyncIterable<Uint8Array>,
): Promise<Level | undefined> {
  const measured = await transcoder.measureLoudness(request, open());
  if (!measured) return undefined;
  const first = levellingFor(measured, targetLufs);
  if (first.ceilingDb === undefined) return levelOf(measured, targetLufs, first, targetLufs);
  const listen = async (levelling: Levelling) =>
    transcoder.measureLoudness(request, transcoder.level({ ...request, levelling }, open()));
  const { levelling, heard } = await corrected(first, targetLufs, listen);
  return levelOf(measured, targetLufs, levelling, heard?.lufs ?? targetLufs);
}

/** What a limiter takes from the peaks is not known before; more tries bring no more. */
const mostTries = 4;

async function corrected(
  first: Levelling,
  targetLufs: number,
  listen: (levelling: Levelling) => Promise<Loudness | undefined>,
): Promise<{ readonly levelling: Levelling; readonly heard: Loudness | undefined }> {
  let levelling = first;
  for (let tries = 1; ; tries += 1) {
    const heard = await listen(levelling);
    const better = heard && betterLevelling(levelling, heard, targetLufs);
    if (!better || tries === mostTries) return { levelling, heard };
    levelling = better;
  }
}

function levelOf(
  { lufs: measuredLufs, truePeakDb }: Loudness,
  targetLufs: number,
  levelling: Levelling,
  reachedLufs: number,
): Level {
  const { gainDb, ceilingDb } = levelling;
  const mode = ceilingDb === undefined ? 'linear' : 'limited';
  const receipt = { targetLufs, measuredLufs, truePeakDb, gainDb, mode, reachedLufs } as const;
  return { levelling, receipt };
}
