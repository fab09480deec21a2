import { describe, expect, test } from '@jest/globals';

import { expandFields } from './fields.ts';

describe('expandFields', () => {
  test.each([
    ['* * * * *', '* * * * *'],
    ['? ? ? ? ?', '* * * * *'],
    ['5 4 3 2 1', '5 4 3 2 1'],
    ['*/20 0 1 1 *', '0,20,40 0 1 1 *'],
    ['5/15 0 1 1 *', '5,20,35,50 0 1 1 *'],
    ['0 8-10 1 1 *', '0 8,9,10 1 1 *'],
    ['0 8-18/5 1 1 *', '0 8,13,18 1 1 *'],
    ['0 0 1 jan,DEC sun-Tue', '0 0 1 1,12 0,1,2'],
    ['0,,30 0 1 1 *', '0,30 0 1 1 *'],
    ['0 0 *,5 1 *', '0 0 * 1 *'],
    ['  0\t0 1 1  *', '0 0 1 1 *'],
  ])('reads "%s" as "%s"', (text, expanded) => {
    expect(expandFields(text)).toBe(expanded);
  });

  test.each([
    '',
    '* * * *',
    '* * * * * *',
    '* * * * 7',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '10-5 * * * *',
    '*/0 * * * *',
    '1-2-3 * * * *',
    '*/2/3 * * * *',
    '-1 * * * *',
    'x * * * *',
    ', * * * *',
    '* * L * *',
    '* * * * mon#2',
    '* * * * *;',
  ])('refuses "%s"', (text) => {
    expect(expandFields(text)).toBeUndefined();
  });
});
