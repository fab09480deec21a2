import { describe, expect, test } from '@jest/globals';

import { coverOf } from '#shared/core/cover';

/** Start of image, a segment that is passed over, a frame header, some scan, end of image. */
function jpeg({ width = 600, height = 500, marker = 0xc0 } = {}): Uint8Array {
  return Uint8Array.of(
    ...[0xff, 0xd8],
    ...[0xff, 0xe0, 0, 4, 0xff, 0xc0],
    ...[0xff, marker, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
    ...[0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9],
  );
}

function png({ width = 600, height = 500 } = {}): Uint8Array {
  const bytes = Buffer.alloc(60);
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR', 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.write('IEND\xae\x42\x60\x82', 52, 'latin1');
  return bytes;
}

describe('coverOf', () => {
  test.each([
    ['a baseline JPEG', jpeg(), 'image/jpeg'],
    ['a progressive JPEG', jpeg({ marker: 0xc2 }), 'image/jpeg'],
    ['a PNG', png(), 'image/png'],
    ['the largest', png({ width: 10_000, height: 1 }), 'image/png'],
  ])('keeps %s as it is', (_what, bytes, mime) => {
    expect(coverOf(bytes)).toEqual({ mime, bytes });
  });

  test.each([
    ['a JPEG without width', jpeg({ width: 0 })],
    ['a JPEG of 60 000 lines', jpeg({ height: 60_000 })],
    ['a JPEG without frame header', jpeg({ marker: 0xe1 })],
    ['a lossless JPEG', jpeg({ marker: 0xc3 })],
    ['a PNG of 2^32 - 1 columns', png({ width: 0xffff_ffff })],
    ['a PNG without lines', png({ height: 0 })],
    ['half a JPEG', jpeg().subarray(0, 20)],
    ['half a PNG', png().subarray(0, 40)],
    ['three bytes of a JPEG', jpeg().subarray(0, 3)],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_what, bytes) => {
    expect(coverOf(bytes)).toBeUndefined();
  });

  test.each(['<!DOCTYPE html><script>', 'GIF89a', 'RIFF\0\0\0\0WEBP', '<svg/>', 'BM'])(
    'row 51: refuses what begins with %j',
    (text) => {
      expect(coverOf(Buffer.concat([Buffer.from(text), jpeg(), png()]))).toBeUndefined();
    },
  );
});
