import { describe, expect, test } from '@jest/globals';

import { cutsOf, excerptOf } from '#shared/core/excerpt';
import type { Cuts } from '#shared/core/excerpt';

type Asked = Parameters<typeof excerptOf>[0];

describe('excerptOf', () => {
  test('takes each moment to its nearest sample', () => {
    expect(excerptOf({ start: 0.00001, end: 1.00002 }, 0.5, 44_100)).toEqual({
      ...{ from: 0, until: 44_101, trackStart: 22_050 },
    });
  });

  test('goes to the end where none is asked for', () => {
    expect(excerptOf({}, 0, 48_000)).toEqual({ from: 0, until: Infinity, trackStart: 0 });
  });
});

describe('cutsOf', () => {
  const all = Infinity;

  test.each<[string, Asked, number, Cuts]>([
    ['a whole track', {}, 0, { silence: 0, skip: 0, stop: all }],
    ['a track that starts late', {}, 3, { silence: 30, skip: 0, stop: all }],
    ['a part of a track', { start: 1, end: 2 }, 0, { silence: 0, skip: 10, stop: 20 }],
    ['a part behind a late start', { start: 4, end: 6 }, 3, { silence: 0, skip: 10, stop: 30 }],
    ['a part around a late start', { start: 1, end: 6 }, 3, { silence: 20, skip: 0, stop: 30 }],
    ['a part before a late start', { start: 1, end: 2 }, 3, { silence: 10, skip: 0, stop: 0 }],
    ['a part up to a late start', { end: 3 }, 3, { silence: 30, skip: 0, stop: 0 }],
  ])('cuts %s', (_what, asked, late, cuts) => {
    expect(cutsOf(excerptOf(asked, late, 10))).toEqual(cuts);
  });
});
