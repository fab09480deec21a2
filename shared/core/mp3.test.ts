import { describe, expect, test } from '@jest/globals';

import { bitratesAt, frameBytes, frameHeader, framesFor, parseFrameHeader } from '#shared/core/mp3';
import type { FrameShape } from '#shared/core/mp3';

const shape: FrameShape = { sampleRate: 48_000, channels: 2, bitrate: 128 };

describe('frameBytes', () => {
  test.each([
    [44_100, 128, 417],
    [44_100, 320, 1044],
    [48_000, 64, 192],
    [32_000, 192, 864],
    [22_050, 64, 208],
    [8_000, 8, 72],
  ])('at %i Hz and %i kb/s is %i', (sampleRate, bitrate, bytes) => {
    expect(frameBytes({ sampleRate, bitrate })).toBe(bytes);
  });
});

describe('parseFrameHeader', () => {
  const everyShape = [
    8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
  ].flatMap((sampleRate) =>
    bitratesAt(sampleRate).flatMap((bitrate) =>
      ([1, 2] as const).map((channels) => ({ sampleRate, bitrate, channels })),
    ),
  );

  test('reads back the header of every shape there is', () => {
    for (const each of everyShape) expect(parseFrameHeader(frameHeader(each))).toMatchObject(each);
  });

  test('counts the padding byte', () => {
    expect(parseFrameHeader(Uint8Array.of(0xff, 0xfb, 0x92, 0x64))?.bytes).toBe(418);
  });

  test.each([
    ['no sync', [0xfe, 0xfb, 0x90, 0x64]],
    ['a reserved version', [0xff, 0xeb, 0x90, 0x64]],
    ['layer II', [0xff, 0xfd, 0x90, 0x64]],
    ['a free bit rate', [0xff, 0xfb, 0x00, 0x64]],
    ['a forbidden bit rate', [0xff, 0xfb, 0xf0, 0x64]],
    ['a reserved sample rate', [0xff, 0xfb, 0x9c, 0x64]],
    ['too few bytes', [0xff, 0xfb]],
  ])('finds none where there is %s', (_what, bytes) => {
    expect(parseFrameHeader(Uint8Array.from(bytes))).toBeUndefined();
  });
});

describe('frameHeader', () => {
  test('refuses a bit rate that the sample rate does not have', () => {
    expect(() => frameHeader({ ...shape, sampleRate: 22_050, bitrate: 192 })).toThrow(TypeError);
  });

  test('refuses a sample rate that MP3 does not have', () => {
    expect(() => frameHeader({ ...shape, sampleRate: 96_000 })).toThrow(
      'MP3 has no sample rate of 96000 Hz',
    );
  });
});

describe('framesFor', () => {
  test.each([
    [0, 44_100, 1],
    [1, 44_100, 2],
    [1152, 44_100, 2],
    [1153, 44_100, 3],
    [44_100 * 600, 44_100, 22_970],
    [1, 22_050, 3],
  ])('%i samples at %i Hz are %i frames', (samples, sampleRate, frames) => {
    expect(framesFor(samples, sampleRate)).toBe(frames);
  });
});
