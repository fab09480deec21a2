import { describe, expect, test } from '@jest/globals';

import { firstFrameAt, gapsOf } from '#shared/core/lame-tag';
import { framesFor } from '#shared/core/mp3';
import { infoFrame, infoFrameWith } from '#shared/core/xing';

const encoding = { sampleRate: 44_100, channels: 2, rate: { kbps: 192 } } as const;
const counted = {
  ...{ frames: framesFor(44_100, 44_100), bytes: 25_077, crc: 0 },
  marks: { every: 1, offsets: [0] },
};

describe('firstFrameAt', () => {
  test.each([
    ['no tag', [0xff, 0xfb, 0x90, 0x64], 0],
    ['a tag of 200 bytes', [0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 72], 210],
    ['a tag with a footer', [0x49, 0x44, 0x33, 4, 0, 0x10, 0, 0, 0, 5], 25],
  ])('behind %s', (_what, head, at) => {
    expect(firstFrameAt(Uint8Array.from(head))).toBe(at);
  });
});

describe('gapsOf', () => {
  test('reads what our own info frame tells', () => {
    const frame = infoFrame(encoding, 44_100, counted);
    expect(gapsOf(frame)).toEqual({ delay: 576, padding: 40 * 1152 - 576 - 44_100 });
  });

  test('finds none in an info frame without LAME extension', () => {
    expect(gapsOf(infoFrameWith(encoding, counted, undefined))).toBeUndefined();
  });

  test.each([[[]], [[0xff, 0xfb, 0x90, 0x64]], [[0x3c, 0x68, 0x74, 0x6d]]])(
    'finds none in %j',
    (bytes) => {
      expect(gapsOf(Uint8Array.from(bytes))).toBeUndefined();
    },
  );
});
