import { describe, expect, test } from '@jest/globals';

import { isSameLanguage } from '#shared/core/languages';

describe('isSameLanguage', () => {
  test.each([
    ['de', 'ger'],
    ['deu', 'ger'],
    ['DE', 'deu'],
    ['eng', 'en-GB'],
    ['zh-Hant', 'chi'],
    ['tlh', 'TLH'],
  ])('takes %s for %s', (one, other) => {
    expect(isSameLanguage(one, other)).toBe(true);
    expect(isSameLanguage(other, one)).toBe(true);
  });

  test.each([
    ['de', 'en'],
    ['und', 'de'],
    ['ge', 'ger'],
    ['', 'de'],
    ['de', 'de ger'],
  ])('does not take %s for %s', (one, other) => {
    expect(isSameLanguage(one, other)).toBe(false);
  });
});
