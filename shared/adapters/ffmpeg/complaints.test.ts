import { describe, expect, test } from '@jest/globals';

import { Complaints } from './complaints.ts';

function hear(...lines: readonly string[]): Complaints {
  const complaints = new Complaints();
  for (const line of lines) complaints.hear(line);
  return complaints;
}

describe('Complaints', () => {
  test.each([
    ['[mov,mp4 @ 0x1] moov atom not found', 'truncated'],
    ['[mov,mp4 @ 0x1] stream 1, offset 0x114f8: partial file', 'truncated'],
    ['[matroska,webm @ 0x1] File ended prematurely', 'truncated'],
    ['Error while decoding stream #0:1: Invalid data found when processing input', 'damaged'],
    ['[flac @ 0x1] decode_frame() failed', 'damaged'],
    ["[h264 @ 0x1] Codec (h264) not on whitelist 'aac'", undefined],
  ])('%s: %s', (line, hint) => {
    expect(hear(line).hint).toBe(hint);
  });

  test('takes a missing end for the cause of damage', () => {
    expect(hear('Invalid data found', 'partial file', 'Invalid data found').hint).toBe('truncated');
  });

  test('knows that memory ran out', () => {
    expect(hear('x: Cannot allocate memory').isOutOfMemory).toBe(true);
    expect(hear('x: Invalid data found').isOutOfMemory).toBe(false);
  });
});
