import { describe, expect, test } from '@jest/globals';

import { framesFor } from '#shared/core/mp3';
import { segmentAt, segmentFrames } from '#shared/core/segments';

describe('segmentFrames', () => {
  test.each([
    [60, 44_100, 2_303],
    [60, 48_000, 2_548],
    [60, 8_000, 882],
    [0.1, 44_100, 98],
  ])('%f seconds at %i Hz are %i frames', (seconds, sampleRate, frames) => {
    expect(segmentFrames(seconds, sampleRate)).toBe(frames);
  });
});

describe('segmentAt', () => {
  test('begins with the sound itself', () => {
    expect(segmentAt(0, 98, 44_100)).toEqual({
      frames: { start: 0, end: 98 },
      samples: { start: 0, end: 100 * 1152 },
      dropped: 0,
      beyond: -1,
    });
  });

  test('feeds 98 frames that are dropped before each later segment', () => {
    expect(segmentAt(3, 147, 22_050)).toEqual({
      frames: { start: 441, end: 588 },
      samples: { start: 343 * 576, end: 590 * 576 },
      dropped: 98,
      beyond: 441 * 576 - 1152,
    });
  });

  test.each([44_100, 22_050, 8_000])('encoders at %i Hz begin at multiples of 49', (rate) => {
    for (let index = 0; index < 50; index += 1) {
      const { frames, dropped } = segmentAt(index, segmentFrames(9, rate), rate);
      expect((frames.start - dropped) % 49).toBe(0);
    }
  });

  test.each([44_100, 22_050])('there is one at %i Hz as soon as a frame falls into it', (rate) => {
    const { beyond, frames } = segmentAt(2, 98, rate);
    expect(framesFor(beyond, rate)).toBe(frames.start);
    expect(framesFor(beyond + 1, rate)).toBe(frames.start + 1);
  });
});
