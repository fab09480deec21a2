import { describe, expect, test } from '@jest/globals';

import { incoming } from '../testing/incoming.ts';
import { asksForGzip, functionRequestHeaders, markCall } from './request-headers.ts';

describe('markCall', () => {
  test('makes a call id where the client sent none', () => {
    const marks = markCall(incoming('GET', []));
    expect(marks.callId).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/u);
    expect(marks.isOwnCallId).toBe(true);
  });

  test("keeps the client's call id", () => {
    const marks = markCall(incoming('GET', [['X-Call-Id', 'mine']]));
    expect(marks).toMatchObject({ callId: 'mine', isOwnCallId: false });
  });

  test('gives the start time in nanoseconds', () => {
    const { startTime } = markCall(incoming('GET', []));
    expect(Math.abs(Number(startTime) / 1e6 - Date.now())).toBeLessThan(1_000);
  });
});

describe('functionRequestHeaders', () => {
  const marks = { callId: 'c', isOwnCallId: true, startTime: '1' };

  test('adds what the gateway knows', () => {
    const headers = functionRequestHeaders(incoming('GET', [['Host', 'example.org']]), marks);
    expect(headers).toMatchObject({
      'x-call-id': ['c'],
      'x-start-time': ['1'],
      'x-forwarded-host': ['example.org'],
      'user-agent': ['openfaas-emulator'],
    });
    expect(headers['x-forwarded-for']).toHaveLength(1);
  });

  test.each(['X-Forwarded-Host', 'X-Forwarded-For', 'User-Agent'])(
    "leaves the client's %s, which may be a lie",
    (name) => {
      const headers = functionRequestHeaders(incoming('GET', [[name, 'sent']]), marks);
      expect(headers[name.toLowerCase()]).toEqual(['sent']);
    },
  );
});

describe('asksForGzip', () => {
  test('asks when the client has no wish of its own', () => {
    expect(asksForGzip(incoming('GET', []))).toBe(true);
  });

  test.each([
    ['GET', 'Accept-Encoding', 'identity'],
    ['GET', 'Range', 'bytes=0-1'],
    ['HEAD', 'Accept', '*/*'],
  ])('does not ask for %s with %s', (method, name, value) => {
    expect(asksForGzip(incoming(method, [[name, value]]))).toBe(false);
  });
});
