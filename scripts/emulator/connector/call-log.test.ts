import { describe, expect, test } from '@jest/globals';

import { CallLog } from './call-log.ts';

const ok = () => Promise.resolve(200);

describe('CallLog', () => {
  test('keeps what a call answered, and for how long it was waited for', async () => {
    const log = new CallLog();
    expect(await log.observe('bell', ok)).toBe(200);
    expect(log.take()).toEqual([{ functionName: 'bell', status: 200, tookMs: expect.any(Number) }]);
  });

  test('keeps a call without an answer, and lets it fail', async () => {
    const log = new CallLog();
    const call = log.observe('bell', () => Promise.reject(new Error('timeout')));
    await expect(call).rejects.toThrow('timeout');
    expect(log.take()).toMatchObject([{ status: null }]);
  });

  test('gives each call to whoever takes it first', async () => {
    const log = new CallLog();
    await log.observe('bell', ok);
    log.take();
    expect(log.take()).toEqual([]);
  });

  test('forgets the oldest of more than anybody wants to read', async () => {
    const log = new CallLog();
    for (let call = 0; call < 25_000; call += 1) await log.observe(`bell ${call}`, ok);
    const kept = log.take();
    expect(kept.length).toBeLessThanOrEqual(20_000);
    expect(kept.at(-1)?.functionName).toBe('bell 24999');
  });
});
