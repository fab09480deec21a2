/** How loud a sound is as a whole (EBU R128, ITU-R BS.1770-4). */
export interface Loudness {
  /** Integrated, gated, in LUFS. */
  readonly lufs: number;
  /** The highest true peak in dBTP. */
  readonly truePeakDb: number;
}

/** What is done to samples: a gain, and a limiter behind it where peaks would go too high. */
export interface Levelling {
  readonly gainDb: number;
  /** No sample goes above this; absent where the gain alone is enough, which is then linear. */
  readonly ceilingDb: number | undefined;
}

/** No true peak goes above it, so that lossy coding has room (EBU R128 §2.2). */
const highestTruePeakDb = -1;

/** A limiter sees samples, the true peak lies between them: mostly by less than this. */
const betweenSamplesDb = 0.5;

/** Twice what a meter's one decimal can tell. */
const closeEnoughLu = 0.2;

/** The levelling that brings a measured sound to `targetLufs`; linear where its peaks allow it. */
export function levellingFor(measured: Loudness, targetLufs: number): Levelling {
  const gainDb = toHundredths(targetLufs - measured.lufs);
  const isLinear = measured.truePeakDb + gainDb <= highestTruePeakDb;
  return { gainDb, ceilingDb: isLinear ? undefined : highestTruePeakDb - betweenSamplesDb };
}

/**
 * A better levelling, where a limited one took so much from the peaks that the sound is too soft,
 * or still let one through. Undefined where what was reached is close enough.
 */
export function betterLevelling(
  { gainDb, ceilingDb }: Levelling,
  reached: Loudness,
  targetLufs: number,
): Levelling | undefined {
  if (ceilingDb === undefined) return undefined;
  const missing = targetLufs - reached.lufs;
  const excess = reached.truePeakDb - highestTruePeakDb;
  if (Math.abs(missing) <= closeEnoughLu && excess <= 0) return undefined;
  return {
    gainDb: toHundredths(gainDb + missing),
    ceilingDb: toHundredths(ceilingDb - Math.max(0, excess)),
  };
}

function toHundredths(decibels: number): number {
  return Math.round(decibels * 100) / 100;
}
