import { describe, expect, test } from '@jest/globals';

import { crc16 } from '#shared/core/crc16';
import { noFrames } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import { bitratesAt, framesFor, parseFrameHeader } from '#shared/core/mp3';
import type { Mp3Encoding } from '#shared/core/mp3';
import { infoFrame, infoFrameBytes } from '#shared/core/xing';

const stereo: Mp3Encoding = { sampleRate: 44_100, channels: 2, rate: { kbps: 192 } };
const counted: FrameCount = {
  ...{ frames: framesFor(44_100, 44_100), bytes: 25_077, crc: 0xbeef },
  marks: { every: 1, offsets: Array.from({ length: 40 }, (_, frame) => frame * 627) },
};

/** The tag as a reader sees it, by the offsets of the specification for MPEG-1 stereo. */
function read(frame: Uint8Array) {
  const view = new DataView(frame.buffer);
  return {
    name: String.fromCharCode(...frame.subarray(36, 40)),
    frames: view.getUint32(44),
    fileBytes: view.getUint32(48),
    quality: view.getUint32(152),
    encoder: String.fromCharCode(...frame.subarray(156, 165)),
    method: view.getUint8(165),
    bitrate: view.getUint8(176),
    delay: (view.getUint32(176) >> 12) & 0xfff,
    padding: view.getUint32(176) & 0xfff,
    musicBytes: view.getUint32(184),
    musicCrc: view.getUint16(188),
    tagCrc: view.getUint16(190),
  };
}

describe('infoFrame', () => {
  test('tells length, delay and padding where players look for them', () => {
    const frame = infoFrame(stereo, 44_100, counted);
    expect(read(frame)).toEqual({
      name: 'Info',
      frames: 40,
      fileBytes: frame.length + 25_077,
      quality: 0,
      encoder: 'LAME3.100',
      method: 1,
      bitrate: 192,
      delay: 576,
      padding: 40 * 1152 - 576 - 44_100,
      musicBytes: frame.length + 25_077,
      musicCrc: 0xbeef,
      tagCrc: crc16(frame.subarray(0, 190)),
    });
  });

  test('points evenly into the file, as constant bit rate does', () => {
    const frame = infoFrame(stereo, 44_100, counted);
    expect([0, 25, 50, 99].map((percent) => frame[52 + percent])).toEqual([6, 68, 131, 253]);
  });

  test('points to where the frames are, as variable bit rate needs', () => {
    // Three quarters of the bytes are in the first half of the frames.
    const offsets = [0, 3_000, 6_000, 7_000];
    const marks = { every: 4, offsets };
    const frames = { ...noFrames, frames: 16, bytes: 8_000, marks };
    const frame = infoFrame({ ...stereo, rate: { quality: 2 } }, 16_000, frames);
    const whole = frame.length + 8_000;
    const entry = (offset: number) => Math.floor((256 * (frame.length + offset)) / whole);
    expect([0, 25, 50, 75].map((percent) => frame[52 + percent])).toEqual(offsets.map(entry));
    expect(frame[52 + 12]).toBe(entry(3_000 * 0.48));
  });

  test('says by which method and quality the bit rate varies', () => {
    const frame = infoFrame({ ...stereo, rate: { quality: 2 } }, 44_100, counted);
    expect(read(frame)).toMatchObject({ name: 'Xing', quality: 80, method: 4, bitrate: 32 });
  });

  test('caps the bit rate at what the field holds', () => {
    expect(read(infoFrame({ ...stereo, rate: { kbps: 320 } }, 44_100, counted)).bitrate).toBe(255);
  });

  test.each([8_000, 22_050, 32_000, 44_100, 48_000])(
    'is one whole frame of the announced size for every rate at %i Hz',
    (sampleRate) => {
      const rates = [...bitratesAt(sampleRate).map((kbps) => ({ kbps })), { quality: 9 }];
      for (const rate of rates) {
        for (const channels of [1, 2] as const) {
          const shape = { sampleRate, channels, rate };
          const frame = infoFrame(shape, 5_000, {
            ...counted,
            frames: framesFor(5_000, sampleRate),
          });
          expect(frame.length).toBe(infoFrameBytes(shape));
          expect(parseFrameHeader(frame)).toMatchObject({
            sampleRate,
            channels,
            bytes: frame.length,
          });
        }
      }
    },
  );

  test('refuses frames that cannot hold the samples', () => {
    expect(() => infoFrame(stereo, 44_100, { ...counted, frames: 38 })).toThrow(
      '38 frames do not hold 44100 samples',
    );
  });
});
