import { describe, expect, test } from '@jest/globals';

import { crc16 } from '#shared/core/crc16';

const bytes = Uint8Array.from(Buffer.from('123456789'));

describe('crc16', () => {
  test('gives the check value of CRC-16/ARC', () => {
    expect(crc16(bytes)).toBe(0xbb3d);
  });

  test('goes on from an earlier piece', () => {
    expect(crc16(bytes.subarray(4), crc16(bytes.subarray(0, 4)))).toBe(0xbb3d);
  });
});
