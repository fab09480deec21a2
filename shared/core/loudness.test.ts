import { describe, expect, test } from '@jest/globals';

import { betterLevelling, levellingFor } from '#shared/core/loudness';

describe('levellingFor', () => {
  test.each([
    [-23, -9, -16, 7],
    [-23, -8, -16, 7],
    [-10, 0.5, -23, -13],
  ])('of %d LUFS with a peak of %d dBTP to %d is linear', (lufs, truePeakDb, target, gainDb) => {
    expect(levellingFor({ lufs, truePeakDb }, target)).toEqual({ gainDb, ceilingDb: undefined });
  });

  test('limits where a peak would go above -1 dBTP', () => {
    expect(levellingFor({ lufs: -23, truePeakDb: -7.9 }, -16)).toEqual({
      gainDb: 7,
      ceilingDb: -1.5,
    });
  });
});

describe('betterLevelling', () => {
  const limited = { gainDb: 7, ceilingDb: -1.5 };

  test('leaves what is close enough', () => {
    expect(betterLevelling(limited, { lufs: -16.2, truePeakDb: -1 }, -16)).toBeUndefined();
  });

  test('makes up for what the limiter took', () => {
    expect(betterLevelling(limited, { lufs: -17.3, truePeakDb: -1.4 }, -16)).toEqual({
      gainDb: 8.3,
      ceilingDb: -1.5,
    });
  });

  test('lowers the ceiling by what went through it', () => {
    expect(betterLevelling(limited, { lufs: -16, truePeakDb: -0.4 }, -16)).toEqual({
      gainDb: 7,
      ceilingDb: -2.1,
    });
  });

  test('leaves what is linear', () => {
    const linear = { gainDb: 7, ceilingDb: undefined };
    expect(betterLevelling(linear, { lufs: -18, truePeakDb: 0 }, -16)).toBeUndefined();
  });
});
