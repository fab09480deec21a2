import { describe, expect, test } from '@jest/globals';

import { parseFlaws } from './flaws.ts';

describe('parseFlaws', () => {
  test('reads codes, each with how often it strikes; once where nothing is said', () => {
    expect(parseFlaws('L1, D3=5')).toEqual([
      { code: 'L1', times: 1 },
      { code: 'D3', times: 5 },
    ]);
  });

  test('reads nothing as no flaw', () => {
    expect(parseFlaws('')).toEqual([]);
  });

  test.each(['L7', 'l1', 'toString', 'L1;D3'])('refuses "%s", naming what there is', (text) => {
    expect(() => parseFlaws(text)).toThrow(/is none of L1 L2 .* T3/);
  });

  test.each(['L1=0', 'L1=often', 'L1=1.5', 'L1=-1', 'L1=1000001'])('refuses "%s"', (text) => {
    expect(() => parseFlaws(text)).toThrow('1 to 1000000 times');
  });
});
