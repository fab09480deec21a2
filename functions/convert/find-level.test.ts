import { describe, expect, test } from '@jest/globals';

import type { Levelling, Loudness } from '#shared/core/loudness';
import { findLevel } from './find-level.ts';

/** A sound from whose loudness a limiter takes a share of all gain. */
function limitedSound(measured: Loudness, takes: number) {
  const tried: (Levelling | undefined)[] = [];
  const listen = (levelling?: Levelling) => {
    tried.push(levelling);
    const gain = (levelling?.gainDb ?? 0) * (1 - takes);
    const truePeakDb = levelling ? (levelling.ceilingDb ?? 0) : measured.truePeakDb;
    return Promise.resolve({ lufs: measured.lufs + gain, truePeakDb });
  };
  return { tried, listen };
}

describe('findLevel', () => {
  test('is one gain after one look where the peaks allow it', async () => {
    const { tried, listen } = limitedSound({ lufs: -26, truePeakDb: -12 }, 0.5);
    expect(await findLevel(-16, listen)).toEqual({
      levelling: { gainDb: 10, ceilingDb: undefined },
      receipt: {
        ...{ targetLufs: -16, measuredLufs: -26, truePeakDb: -12 },
        ...{ gainDb: 10, mode: 'linear', reachedLufs: -16 },
      },
    });
    expect(tried).toEqual([undefined]);
  });

  test('tries a limiter until it is close enough', async () => {
    const { tried, listen } = limitedSound({ lufs: -26, truePeakDb: -3 }, 0.1);
    const level = await findLevel(-16, listen);
    expect(level?.receipt.mode).toBe('limited');
    expect(level?.receipt.reachedLufs).toBeCloseTo(-16.1, 5);
    expect(tried.map((levelling) => levelling?.gainDb)).toEqual([undefined, 10, 11]);
  });

  test('gives up after four tries and tells what was reached', async () => {
    const { tried, listen } = limitedSound({ lufs: -26, truePeakDb: -3 }, 0.8);
    const level = await findLevel(-16, listen);
    expect(tried).toHaveLength(5);
    expect(level?.levelling).toEqual(tried.at(-1));
    expect(level?.receipt.reachedLufs).toBeCloseTo(-26 + 0.2 * (level?.levelling.gainDb ?? 0), 5);
  });

  test('is none for what has no loudness', async () => {
    expect(await findLevel(-16, () => Promise.resolve(undefined))).toBeUndefined();
  });
});
