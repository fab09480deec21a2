import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from './errors.ts';
import { failuresOf, mayTryAgain } from './jobs.ts';

describe('mayTryAgain', () => {
  test.each<[boolean, ErrorCode, number, ErrorCode[]]>([
    [true, 'storage', 1, []],
    [true, 'storage', 4, ['storage', 'unavailable', 'internal']],
    [false, 'storage', 5, ['storage', 'unavailable', 'internal', 'storage']],
    // Workers that died left no code.
    [false, 'storage', 5, []],
    [true, 'timeout', 1, []],
    [false, 'timeout', 2, ['timeout']],
    [false, 'resource_limit', 2, ['timeout']],
    [true, 'timeout', 4, ['storage', 'storage', 'storage']],
    [false, 'timeout', 5, ['storage', 'storage', 'storage', 'storage']],
    [false, 'damaged', 1, []],
    [false, 'damaged', 3, ['storage', 'storage']],
  ])('is %s after %s in attempt %s, and before it %j', (is, code, attempt, failures) => {
    expect(mayTryAgain(code, attempt, failures)).toBe(is);
  });
});

describe('failuresOf', () => {
  test('tells what attempts ended with, and nothing of those that were given back', () => {
    expect(
      failuresOf([
        { step: 'accept' },
        { step: 'claim' },
        { step: 'postpone', code: 'storage' },
        { step: 'claim' },
        { step: 'give_back' },
        { step: 'claim' },
        { step: 'postpone', code: 'timeout' },
      ]),
    ).toEqual(['storage', 'timeout']);
  });

  test('begins anew when the person asks once more', () => {
    const first = [{ step: 'postpone', code: 'timeout' }, { step: 'fail' }] as const;
    expect(failuresOf([...first, { step: 'retry' }, { step: 'claim' }])).toEqual([]);
  });
});
