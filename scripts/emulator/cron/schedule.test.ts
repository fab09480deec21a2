import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { startSchedule } from './schedule.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: new Date(2026, 0, 1, 12, 0, 30, 400) });
});
afterEach(() => {
  jest.useRealTimers();
});

function ticksWithin(schedule: string, ms: number): string[] {
  const ticks: string[] = [];
  const stop = startSchedule(
    schedule,
    () => void ticks.push(new Date().toTimeString().slice(0, 8)),
  );
  jest.advanceTimersByTime(ms);
  stop?.();
  jest.advanceTimersByTime(ms);
  return ticks;
}

describe('startSchedule', () => {
  test.each([
    ['@every 30s', ['12:01:00', '12:01:30']],
    ['@every 1m', ['12:01:30']],
    ['@every 0.5m', ['12:01:00', '12:01:30']],
    ['* * * * *', ['12:01:00']],
    ['1 12 * * *', ['12:01:00']],
    ['@hourly', []],
  ])('%s ticks in local time, at %j, and not after it was stopped', (schedule, ticks) => {
    expect(ticksWithin(schedule, 60_000)).toEqual(ticks);
  });

  test.each(['@every 10ms', '@every 0'])('%s ticks once a second', (schedule) => {
    expect(ticksWithin(schedule, 3_000)).toEqual(['12:00:31', '12:00:32', '12:00:33']);
  });

  test('@every 30d ticks after thirty days and not before', () => {
    expect(ticksWithin('@every 720h', 720 * 3_600_000 - 1_000)).toEqual([]);
    expect(ticksWithin('@every 720h', 720 * 3_600_000)).toHaveLength(1);
  });

  test.each([
    ['@hourly', 24],
    ['@daily', 1],
    ['@midnight', 1],
  ])('%s ticks %d times a day', (schedule, times) => {
    expect(ticksWithin(schedule, 24 * 3_600_000)).toHaveLength(times);
  });

  test.each(['@weekly', '@monthly', '@yearly', '@annually'])('knows %s', (schedule) => {
    const stop = startSchedule(schedule, () => undefined);
    expect(stop).toBeDefined();
    stop?.();
  });

  test('takes days of the month and of the week each for itself where both are named', () => {
    // January 2026: the 5th is a Monday, the 2nd a Friday.
    expect(ticksWithin('0 0 2 * mon', 5 * 24 * 3_600_000)).toHaveLength(2);
    expect(ticksWithin('0 0 * * mon', 5 * 24 * 3_600_000)).toHaveLength(1);
  });

  test('ticks in the zone that is named', () => {
    const hours = (schedule: string) => {
      const seen: number[] = [];
      const stop = startSchedule(schedule, () => void seen.push(new Date().getUTCHours()));
      jest.advanceTimersByTime(24 * 3_600_000);
      stop?.();
      return seen;
    };
    expect(hours('CRON_TZ=Asia/Tokyo 0 6 * * *')).toEqual([21]);
    expect(hours('TZ=UTC 0 6 * * *')).toEqual([6]);
  });

  test.each([
    '',
    '* * * * * *',
    '* * * * *; 5 * * * *',
    '@every soon',
    '@every 30',
    '@every  5m',
    '@every',
    '@reboot',
    ' @hourly',
    'often',
    '99 * * * *',
    'TZ=Nowhere/At_All 0 6 * * *',
  ])('skips "%s" in silence', (schedule) => {
    expect(startSchedule(schedule, () => undefined)).toBeUndefined();
  });
});
