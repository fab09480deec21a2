import { describe, expect, test } from '@jest/globals';

import { parseByteRange } from './byte-range.ts';

describe('parseByteRange', () => {
  test.each([
    ['bytes=0-', { start: 0, end: 100 }],
    ['bytes=10-19', { start: 10, end: 20 }],
    ['bytes=90-500', { start: 90, end: 100 }],
    ['bytes=-10', { start: 90, end: 100 }],
    ['bytes=-500', { start: 0, end: 100 }],
  ])('%s of 100 bytes', (header, range) => {
    expect(parseByteRange(header, 100)).toEqual(range);
  });

  test.each([undefined, '', 'bytes=-', 'items=0-5', 'bytes=0-1,5-6'])(
    'takes %j as the whole file',
    (header) => {
      expect(parseByteRange(header, 100)).toBeUndefined();
    },
  );

  test.each(['bytes=100-', 'bytes=20-10', 'bytes=-0'])('finds nothing at %s', (header) => {
    expect(parseByteRange(header, 100)).toBe('unsatisfiable');
  });
});
