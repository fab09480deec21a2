import { describe, expect, test } from '@jest/globals';
import { createRandom } from './random.ts';
import { planStorm } from './storm.ts';

/** The first faults of a seed, in words. */
function plan(seed: number): string[] {
  return planStorm(createRandom(seed))
    .take(50)
    .map(({ atSeconds, fault, seconds }) => `${atSeconds} ${fault.name} ${seconds}`)
    .toArray();
}

describe('planStorm', () => {
  test('plays the same faults at the same times for the same seed', () => {
    expect(plan(7)).toEqual(plan(7));
  });

  test('plays others for another seed', () => {
    expect(plan(7)).not.toEqual(plan(8));
  });

  test('strikes every three to seven seconds, for as long as the fault may last', () => {
    let before = 0;
    for (const { atSeconds, fault, seconds } of planStorm(createRandom(1)).take(500)) {
      expect(atSeconds - before).toBeGreaterThanOrEqual(3);
      expect(atSeconds - before).toBeLessThan(7.001);
      expect(seconds).toBeGreaterThanOrEqual(fault.lastsSeconds[0]);
      expect(seconds).toBeLessThanOrEqual(fault.lastsSeconds[1]);
      before = atSeconds;
    }
  });
});
