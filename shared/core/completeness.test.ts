import { describe, expect, test } from '@jest/globals';

import { isCutOff } from '#shared/core/completeness';
import type { Container } from '#shared/core/signature';

/** A file of `bytes` whose head and tail are these. */
const file = (bytes: number, head: Uint8Array, tail = head) => ({ bytes, head, tail });

function riff(size: number, form: string): Uint8Array {
  const head = Buffer.alloc(64);
  head.write(`RIFF....${form}`, 'latin1');
  head.writeUInt32LE(size, 4);
  return head;
}

function rf64(size: bigint): Uint8Array {
  const head = Buffer.alloc(64);
  head.write('RF64....WAVEds64', 'latin1');
  head.writeUInt32LE(0xffff_ffff, 4);
  head.writeBigUInt64LE(size, 20);
  return head;
}

function asf(size: bigint): Uint8Array {
  const head = Buffer.alloc(128);
  Buffer.from('a1dcab8c47a9cf118ee400c00c205365', 'hex').copy(head, 30);
  head.writeBigUInt64LE(size, 70);
  return head;
}

function caf(dataBytes: bigint): Uint8Array {
  const head = Buffer.alloc(64);
  head.write('caff....desc', 'latin1');
  head.write('data', 52, 'latin1');
  head.writeBigInt64BE(dataBytes, 56);
  return head;
}

/** An Ogg page with 300 bytes of content, of which `missing` are absent. */
function oggPage(missing: number): Uint8Array {
  const page = Buffer.alloc(27 + 2 + 300);
  page.write('OggS\0', 'latin1');
  page.set([2, 255, 45], 26);
  return page.subarray(0, page.length - missing);
}

const packet = Buffer.from([0x47]);
const stamped = Buffer.from([0, 0, 0, 0, 0x47]);

describe('isCutOff', () => {
  test.each<[string, Container, ReturnType<typeof file>]>([
    ['an AVI shorter than it says', 'avi', file(999, riff(1_000 - 8, 'AVI '))],
    ['a WAV shorter than it says', 'wav', file(999, riff(1_000 - 8, 'WAVE'))],
    ['an RF64 shorter than it says', 'wav', file(5e9, rf64(5_000_000_000n))],
    ['an ASF shorter than it says', 'asf', file(4_999, asf(5_000n))],
    ['a CAF shorter than it says', 'caf', file(1_063, caf(1_000n))],
    ['an Ogg that ends inside a page', 'ogg', file(9e6, packet, oggPage(1))],
    ['an Ogg that ends inside a page header', 'ogg', file(9e6, packet, oggPage(310))],
    ['an Ogg without a page at its end', 'ogg', file(9e6, packet, new Uint8Array(65_307))],
    ['a transport stream that ends inside a packet', 'mpeg-ts', file(188 * 9 + 1, packet)],
    ['a stamped one that ends inside a packet', 'mpeg-ts', file(188 * 9, stamped)],
  ])('finds %s', (_what, container, ends) => {
    expect(isCutOff(container, ends)).toBe(true);
  });

  test.each<[string, Container, ReturnType<typeof file>]>([
    ['a whole AVI', 'avi', file(1_000, riff(1_000 - 8, 'AVI '))],
    ['an AVI with more behind it', 'avi', file(5_000, riff(1_000 - 8, 'AVI '))],
    ['a WAV whose recorder could not seek back', 'wav', file(999, riff(0, 'WAVE'))],
    ['a WAV of unknown size', 'wav', file(999, riff(0xffff_ffff, 'WAVE'))],
    ['a whole RF64', 'wav', file(5_000_000_008, rf64(5_000_000_000n))],
    ['a whole ASF', 'asf', file(5_000, asf(5_000n))],
    ['an ASF that says nothing', 'asf', file(5_000, packet)],
    ['a whole CAF', 'caf', file(1_064, caf(1_000n))],
    ['a CAF that lasts to its end', 'caf', file(999, caf(-1n))],
    ['a whole Ogg', 'ogg', file(9e6, packet, oggPage(0))],
    ['a whole transport stream', 'mpeg-ts', file(188 * 9, packet)],
    ['a whole stamped one', 'mpeg-ts', file(192 * 9, stamped)],
    ['an MP4, whose tables are compared later', 'mp4', file(1, packet)],
  ])('lets pass %s', (_what, container, ends) => {
    expect(isCutOff(container, ends)).toBe(false);
  });
});
