import { describe, expect, test } from '@jest/globals';

import { FrameRange } from '#shared/core/frame-range';
import { frameHeader } from '#shared/core/mp3';

const frameSize = 384;

/** Frames that are told apart by what is in them. */
function numbered(count: number): Uint8Array {
  const bytes = new Uint8Array(count * frameSize);
  const header = frameHeader({ sampleRate: 48_000, channels: 2, bitrate: 128 });
  for (let frame = 0; frame < count; frame += 1) {
    bytes.fill(frame, frame * frameSize, (frame + 1) * frameSize);
    bytes.set(header, frame * frameSize);
  }
  return bytes;
}

function taken(range: FrameRange, run: Uint8Array, size: number): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < run.length; at += size) parts.push(range.push(run.subarray(at, at + size)));
  return Buffer.concat(parts);
}

describe('FrameRange', () => {
  test.each([1, 2, 3, 5, 383, 384, 385, 100_000])('takes frames in pieces of %i bytes', (size) => {
    const run = numbered(9);
    const range = new FrameRange({ start: 3, end: 7 });
    const frames = taken(range, run, size);
    range.end();
    expect(frames.equals(run.subarray(3 * frameSize, 7 * frameSize))).toBe(true);
  });

  test('takes what there is of frames that end earlier', () => {
    const run = numbered(5);
    const range = new FrameRange({ start: 0, end: 99 });
    expect(taken(range, run, 1_000)).toHaveLength(run.length);
    expect(() => range.end()).not.toThrow();
  });

  test('refuses a run that ends before the first wanted frame', () => {
    const range = new FrameRange({ start: 3, end: 7 });
    expect(taken(range, numbered(3), 1_000)).toHaveLength(0);
    expect(() => range.end()).toThrow(
      expect.objectContaining({
        code: 'internal',
        cause: new Error('encoder: it made too few frames'),
      }),
    );
  });
});
