import { describe, expect, test } from '@jest/globals';

import type { AppError } from '#shared/core/errors';
import { FrameCounter, noFrames } from '#shared/core/frame-counter';
import { frameBytes, frameHeader } from '#shared/core/mp3';
import type { FrameShape } from '#shared/core/mp3';

const shape: FrameShape = { sampleRate: 48_000, channels: 2, bitrate: 128 };

/** Code and hidden cause of the AppError that `work` throws. */
function causeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (error) {
    const { code, cause } = error as AppError;
    return `${code}: ${(cause as Error).message}`;
  }
}

/** Frames of silence-like zeros with right headers. */
function stream(frames: number, of: FrameShape = shape): Uint8Array {
  const size = frameBytes(of);
  const bytes = new Uint8Array(size * frames);
  for (let frame = 0; frame < frames; frame += 1) bytes.set(frameHeader(of), frame * size);
  return bytes;
}

describe('FrameCounter', () => {
  test.each([1, 2, 3, 5, 383, 384, 385, 1000, 100_000])(
    'counts the same in pieces of %i bytes',
    (size) => {
      const whole = stream(7);
      const counter = new FrameCounter();
      for (let at = 0; at < whole.length; at += size) counter.push(whole.subarray(at, at + size));
      expect(counter.end()).toMatchObject({ frames: 7, bytes: whole.length });
    },
  );

  test('counts nothing as nothing', () => {
    expect(new FrameCounter().end()).toEqual(noFrames);
  });

  test.each([1, 3, 100])('refuses an end that lacks %i bytes', (missing) => {
    const counter = new FrameCounter();
    counter.push(stream(3).subarray(0, -missing));
    expect(causeOf(() => counter.end())).toBe(
      'internal: encoder: it ended in the middle of a frame',
    );
  });

  test('refuses an end in the middle of a header', () => {
    const counter = new FrameCounter();
    counter.push(stream(2).subarray(0, 386));
    expect(causeOf(() => counter.end())).toBe(
      'internal: encoder: it ended in the middle of a frame',
    );
  });

  test('refuses what is no frame', () => {
    expect(causeOf(() => new FrameCounter().push(new Uint8Array(8)))).toBe(
      'internal: encoder: it wrote something that is no frame',
    );
  });

  test('knows where frames begin', () => {
    const counter = new FrameCounter();
    counter.push(stream(3));
    counter.push(stream(1, { ...shape, bitrate: 320 }));
    counter.push(stream(1));
    expect(counter.end().marks).toEqual({ every: 1, offsets: [0, 384, 768, 1152, 2112] });
  });

  test('keeps a bounded number of marks, at even distances', () => {
    const counter = new FrameCounter();
    counter.push(stream(5_000));
    const { every, offsets } = counter.end().marks;
    expect(every).toBe(32);
    expect(offsets).toEqual(Array.from({ length: 157 }, (_, index) => index * 32 * 384));
  });

  test.each([1, 100, 255, 256, 257, 999])('goes on behind %i counted frames', (frames) => {
    const whole = stream(1_000);
    const first = new FrameCounter();
    first.push(whole.subarray(0, frames * 384));
    const second = new FrameCounter(first.end());
    second.push(whole.subarray(frames * 384));
    const unbroken = new FrameCounter();
    unbroken.push(whole);
    expect(second.end()).toEqual(unbroken.end());
  });
});
