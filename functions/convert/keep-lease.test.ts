import { describe, expect, test } from '@jest/globals';
import { createSilentLog } from '#shared/testing/log.fake';
import { keepLease } from './keep-lease.ts';
import type { Standing } from './keep-lease.ts';

const lease = { jobId: 'job', token: 1, outputFileId: 'file' };
const limits = { leaseSeconds: 60, heartbeatMs: 1_000 };

/** Four seconds of an attempt that gets on by `share` each quarter of a second. */
async function heartbeats(share: number): Promise<readonly { at: number; progress: number }[]> {
  const standing: Standing = { progress: 0, checkpoint: undefined };
  const told: { at: number; progress: number }[] = [];
  let now = 0;
  const ended = Promise.withResolvers<undefined>();
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      await Promise.resolve();
      now += ms;
      standing.progress += (share * ms) / 250;
      if (now > 4_000) ended.resolve(undefined);
      if (now > 4_000) await new Promise(() => undefined);
    },
  };
  const heartbeat = (_lease: unknown, _seconds: number, progress: number) => {
    told.push({ at: now, progress });
    return Promise.resolve(true);
  };
  const unused = () => Promise.reject(new Error('not in this test'));
  const claims = {
    claim: unused,
    publish: unused,
    fail: unused,
    postpone: unused,
    giveBack: unused,
  };
  const deps = { claims: { ...claims, heartbeat }, clock, limits, log: createSilentLog() };
  keepLease(deps, lease, standing);
  await ended.promise;
  return told;
}

describe('keepLease', () => {
  test('tells progress four times a second where it moves by more than a hundredth', async () => {
    const told = await heartbeats(0.02);
    expect(told.slice(0, 4).map(({ at }) => at)).toEqual([250, 500, 750, 1_000]);
    expect(told).toHaveLength(16);
  });

  test('renews the lease once each heartbeat where nothing moves', async () => {
    const told = await heartbeats(0);
    expect(told.map(({ at }) => at)).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  test('tells a slow progress when it can be seen', async () => {
    const told = await heartbeats(0.006);
    expect(told.slice(0, 3).map(({ at }) => at)).toEqual([500, 1_000, 1_500]);
  });
});
