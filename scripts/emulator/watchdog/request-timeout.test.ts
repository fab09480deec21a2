import { describe, expect, test } from '@jest/globals';

import { requestTimeoutMs } from './request-timeout.ts';

describe('requestTimeoutMs', () => {
  test.each([
    ['shortens', '500ms', 500],
    ['may be as long', '1s', 1_000],
    ['lengthens nothing', '2s', 1_000],
    ['counts no bare seconds', '1', 1_000],
    ['counts nothing unreadable', 'soon', 1_000],
    ['takes the limit away at 0', '0s', undefined],
    ['takes the limit away below 0', '-1s', undefined],
  ])('X-Timeout %s: %s', (_rule, header, expected) => {
    expect(requestTimeoutMs(header, 1_000)).toBe(expected);
  });

  test('is exec_timeout without the header', () => {
    expect(requestTimeoutMs(undefined, 1_000)).toBe(1_000);
  });

  test('sets no limit where exec_timeout is none', () => {
    expect(requestTimeoutMs('1s', undefined)).toBeUndefined();
  });
});
