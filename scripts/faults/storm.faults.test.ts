import { describe, expect, test } from '@jest/globals';
import { listeners } from '../testing/connector.ts';
import { stormOver, submitMany } from '../testing/crowd.ts';
import { sized } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { victims } from '../testing/servers.ts';

const jobs = sized(60, 300);
const seconds = sized(45, 240);
const settleSeconds = 120 + jobs;

describe('a service in a storm', () => {
  test(
    'S1: is killed and paused at random, servers too: nothing is lost, doubled or left behind',
    async () => {
      const storm = stormOver(victims());
      const { accepted } = await submitMany({ jobs, seconds }).finally(() => storm.end());
      expect(storm.struck.size).toBeGreaterThan(3);
      await everyPromiseHolds(accepted, {
        copiesAllowed: 2,
        withinSeconds: settleSeconds,
        // Killed and paused, they answer no bell for a while.
        struck: listeners,
      });
    },
    (seconds + settleSeconds + 240) * 1_000,
  );
});
