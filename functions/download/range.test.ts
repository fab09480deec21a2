import { describe, expect, test } from '@jest/globals';
import { parseRange } from './range.ts';

describe('parseRange', () => {
  test.each([
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=0-99', { start: 0, end: 100 }],
    ['bytes=10-', { start: 10, end: 100 }],
    ['bytes=99-', { start: 99, end: 100 }],
    ['bytes=90-1000', { start: 90, end: 100 }],
    ['bytes=0-99999999999999999999999', { start: 0, end: 100 }],
    ['bytes=-1', { start: 99, end: 100 }],
    ['bytes=-1000', { start: 0, end: 100 }],
    ['Bytes=1-2', { start: 1, end: 3 }],
  ])('reads %s of 100 bytes (48)', (header, range) => {
    expect(parseRange(header, 100)).toEqual(range);
  });

  test.each([['bytes=100-'], ['bytes=100-200'], ['bytes=-0'], ['bytes=99999999999999999999999-']])(
    'finds %s outside of 100 bytes (48)',
    (header) => {
      expect(parseRange(header, 100)).toBe('unsatisfiable');
    },
  );

  test.each([
    [undefined],
    [''],
    ['bytes'],
    ['bytes='],
    ['bytes=-'],
    ['bytes=2-1'],
    ['bytes=0-1,3-4'],
    ['bytes=a-b'],
    ['bytes=1.5-2'],
    ['bytes=--1'],
    ['lines=1-2'],
    [' bytes=0-1'],
  ])('ignores %j (48)', (header) => {
    expect(parseRange(header, 100)).toBeUndefined();
  });
});
