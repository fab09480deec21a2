import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { startSchedule } from './schedule.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: new Date(2026, 0, 1, 12, 0, 30) });
});
afterEach(() => {
  jest.useRealTimers();
});

function ticksWithin(schedule: string, ms: number): number {
  let ticks = 0;
  const stop = startSchedule(schedule, () => (ticks += 1));
  jest.advanceTimersByTime(ms);
  stop?.();
  jest.advanceTimersByTime(ms);
  return ticks;
}

describe('startSchedule', () => {
  test.each([
    ['@every 30s', 2],
    ['@every 1m', 1],
    ['* * * * *', 1],
    ['@hourly', 0],
  ])('%s ticks %d times in a minute and not after it was stopped', (schedule, times) => {
    expect(ticksWithin(schedule, 60_000)).toBe(times);
  });

  test.each(['* * * * * *', '* * * * *; 5 * * * *', '@every soon', 'often', '99 * * * *'])(
    'skips "%s" in silence',
    (schedule) => {
      expect(startSchedule(schedule, () => undefined)).toBeUndefined();
    },
  );
});
