import { describe, expect, test } from '@jest/globals';

import { AppError } from '#shared/core/errors';
import { assertNotTooLong, lengthFault, promisedUpTo, shapeFor } from '#shared/core/media';

describe('shapeFor', () => {
  test.each([
    [44_100, 44_100],
    [48_000, 48_000],
    [32_000, 32_000],
    [96_000, 48_000],
    [88_200, 48_000],
    [22_050, 44_100],
    [11_025, 44_100],
    [24_000, 48_000],
    [12_000, 48_000],
    [16_000, 32_000],
    [8_000, 32_000],
    [37_800, 44_100],
    [22_255, 32_000],
  ])('makes %i Hz to %i Hz', (from, sampleRate) => {
    expect(shapeFor({ sampleRate: from, channels: 2 }).sampleRate).toBe(sampleRate);
  });

  test.each([
    [1, 1],
    [2, 2],
    [6, 2],
  ])('makes %i channels to %i', (from, channels) => {
    expect(shapeFor({ sampleRate: 48_000, channels: from }).channels).toBe(channels);
  });

  test('makes what is asked for, whatever the sound is', () => {
    const asked = { sampleRate: 8_000, channels: 1 } as const;
    expect(shapeFor({ sampleRate: 48_000, channels: 6 }, asked)).toEqual(asked);
  });
});

describe('promisedUpTo', () => {
  const minute = { seconds: 60, by: 'track' } as const;

  test('is as much as is asked for', () => {
    expect(promisedUpTo(minute, 10)).toEqual({ seconds: 10, by: 'track' });
  });

  test('is no more than there is', () => {
    expect(promisedUpTo(minute, 61)).toBe(minute);
  });

  test('is nothing where nothing is promised', () => {
    expect(promisedUpTo({ ...minute, seconds: null }, 10).seconds).toBeNull();
  });
});

describe('lengthFault', () => {
  const track = (seconds: number) => ({ seconds, by: 'track' as const });
  const container = (seconds: number) => ({ seconds, by: 'container' as const });
  const silent = { seconds: null, by: 'container' as const };

  test.each([
    ['an exact track', track(60), 60, undefined],
    ['1 % less', track(100), 99, undefined],
    ['1 % more', track(100), 101, undefined],
    ['0.2 s less of a short track', track(2), 1.81, undefined],
    ['a complaint that cost nothing', track(60), 60, 'damaged'],
    ['a sound that ends before the pictures', container(60), 58.1, undefined],
    ['no promise and no complaint', silent, 60, undefined],
  ] as const)('accepts %s', (_what, promised, decoded, hint) => {
    expect(lengthFault(promised, decoded, hint)).toBeUndefined();
  });

  test.each([
    ['more than 1 % less', track(100), 98.9, undefined, 'truncated'],
    ['more than 0.2 s less of a short track', track(2), 1.79, undefined, 'truncated'],
    ['more than 1 % more', track(100), 101.1, undefined, 'damaged'],
    ['half a track', track(120), 60, 'truncated', 'truncated'],
    ['noise in the middle', track(120), 104.4, 'damaged', 'damaged'],
    ['half of what the container says', container(60), 30, undefined, 'truncated'],
    ['a container cut near its end', container(60), 58.1, 'truncated', 'truncated'],
    ['no promise and a complaint', silent, 60, 'truncated', 'truncated'],
  ] as const)('finds fault with %s', (_what, promised, decoded, hint, code) => {
    expect(lengthFault(promised, decoded, hint)).toBe(code);
  });
});

describe('assertNotTooLong', () => {
  test('lets the longest pass', () => {
    expect(() => assertNotTooLong(3600, 3600)).not.toThrow();
  });

  test('refuses a second more', () => {
    expect(() => assertNotTooLong(3601, 3600)).toThrow(
      new AppError('too_long', 'This video is longer than the 60 minutes that are converted here.'),
    );
  });
});
