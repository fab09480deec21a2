import { describe, expect, test } from '@jest/globals';

import { parseRange } from './byte-range.ts';

describe('parseRange', () => {
  test.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=4-', { start: 4, end: 9 }],
    ['bytes=4-99', { start: 4, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-99', { start: 0, end: 9 }],
  ])('%s of ten bytes', (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  test.each(['bytes=10-', 'bytes=5-4', 'bytes=-0'])(
    '%s of ten bytes is unsatisfiable',
    (header) => {
      expect(parseRange(header, 10)).toBe('unsatisfiable');
    },
  );

  test.each([undefined, 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2'])('%s is all of it', (header) => {
    expect(parseRange(header, 10)).toBeUndefined();
  });
});
