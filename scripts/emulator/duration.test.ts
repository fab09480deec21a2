import { describe, expect, test } from '@jest/globals';

import { parseDurationMs } from './duration.ts';

describe('parseDurationMs', () => {
  test.each([
    ['90', 90_000],
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['0', 0],
  ])('reads %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each(['', 's', '5 s', '5x', '1m,30s', '-1s'])(
    'does not take "%s" for a duration',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );
});
