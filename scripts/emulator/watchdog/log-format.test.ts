import { describe, expect, test } from '@jest/globals';

import { goDuration, humanSize, requestLine, stamped } from './log-format.ts';

describe('log format', () => {
  test('a line begins with day and second', () => {
    const now = new Date('2026-11-21T04:05:06.789Z');
    expect(stamped('text', now)).toBe('2026/11/21 04:05:06 text');
  });

  test.each([
    [-1, '-1B'],
    [39, '39B'],
    [1_000, '1kB'],
    [1_234_567, '1.235MB'],
    [1e15, '1000TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(humanSize(bytes)).toBe(text);
  });

  test.each([
    [0, '0s'],
    [200, '200ms'],
    [1_500, '1.5s'],
    [90_000, '1m30s'],
    [7_200_000, '2h0m0s'],
  ])('%d ms are %s', (ms, text) => {
    expect(goDuration(ms)).toBe(text);
  });

  test('a request has its status, length and time', () => {
    const served = { method: 'GET', url: '/a?b', status: '200 OK', contentLength: 39 };
    expect(requestLine({ ...served, seconds: 0.00491 })).toBe(
      'GET /a?b - 200 OK - ContentLength: 39B (0.0049s)',
    );
  });
});
