import { describe, expect, test } from '@jest/globals';

import { CopiedFrames, gapsOfCopy } from '#shared/core/copied-frames';
import { frameBytes, frameHeader } from '#shared/core/mp3';

const shape = { sampleRate: 48_000, channels: 2 } as const;

function frame(bitrate: number, channels: 1 | 2 = 2): Uint8Array {
  const bytes = new Uint8Array(frameBytes({ ...shape, bitrate }));
  bytes.set(frameHeader({ ...shape, channels, bitrate }));
  return bytes;
}

describe('CopiedFrames', () => {
  test.each([
    ['equal rates', [128, 128], { kbps: 0 }],
    ['different rates', [128, 160], { quality: 10 }],
  ])('counts frames of %s', (_what, bitrates, rate) => {
    const frames = new CopiedFrames(shape);
    for (const bitrate of bitrates) frames.push(frame(bitrate));
    const ended = frames.end();
    expect([ended.counted.frames, ended.rate]).toEqual([2, rate]);
  });

  test('refuses frames of another shape', () => {
    expect(() => new CopiedFrames(shape).push(frame(128, 1))).toThrow('not of one shape');
  });
});

describe('gapsOfCopy', () => {
  const copied = (dropped: number) => ({ frames: 10, decoded: 11_520 - dropped, ...shape });
  const told = { delay: 576, padding: 1_000 };

  test('takes over what the source tells where it accounts for what is missing', () => {
    expect(gapsOfCopy(copied(1_576), told, false)).toEqual(told);
    expect(gapsOfCopy(copied(1_577), told, false)).toBeUndefined();
  });

  test('tells of an edit list as a delay', () => {
    expect(gapsOfCopy(copied(1_105), undefined, true)).toEqual({ delay: 576, padding: 529 });
    expect(gapsOfCopy(copied(500), undefined, true)).toBeUndefined();
    expect(gapsOfCopy(copied(5_000), undefined, true)).toBeUndefined();
  });

  test('tells of none where nothing, or little at the end, is missing', () => {
    expect(gapsOfCopy(copied(0), undefined, true)).toBe('none');
    expect(gapsOfCopy(copied(725), undefined, false)).toBe('none');
    expect(gapsOfCopy(copied(2_305), undefined, false)).toBeUndefined();
    expect(gapsOfCopy(copied(-1), undefined, false)).toBeUndefined();
  });
});
