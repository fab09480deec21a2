import { describe, expect, test } from '@jest/globals';
import { incompleteness } from './incompleteness.ts';

describe('incompleteness', () => {
  test('says the code first, then both lengths', () => {
    const degraded = { code: 'truncated', promisedSeconds: 6, decodedSeconds: 2.917 } as const;
    expect(incompleteness(degraded)).toMatch(
      /^truncated: degraded, 2\.92 s of 6\.00 s could be read\. This file ends too early/,
    );
  });

  test('says only how much was heard where the source promises nothing', () => {
    const degraded = { code: 'damaged', promisedSeconds: null, decodedSeconds: 1 } as const;
    expect(incompleteness(degraded)).toMatch(/^damaged: degraded, 1\.00 s could be read\./);
  });
});
