import { text, uintLe } from '#shared/core/bytes';
import type { Look } from './contents.ts';

/** Samples as they are: whole numbers, fractions, or either with a longer header. */
const plainFormats = [1, 3, 0xfffe];

/** Recorders that cannot seek back leave about this much, or all ones, or 0. */
const leastUnsaid = 0x7fff_0000;

/** WAV: bytes a second, and how many of them there are. */
export function lookAtWav(bytes: Uint8Array): Look {
  let perSecond = 0;
  for (let at = 12; at + 24 <= bytes.length;) {
    const name = text(bytes, at, 4);
    const size = uintLe(bytes, at + 4, 4);
    if (name === 'fmt ') {
      if (!plainFormats.includes(uintLe(bytes, at + 8, 2))) return 'unknown';
      perSecond = uintLe(bytes, at + 16, 4);
    }
    if (name === 'data') {
      if (size === 0 || size >= leastUnsaid || perSecond === 0) return 'unknown';
      const track = { kind: 'sound', codec: 'pcm', isEncrypted: false } as const;
      return { tracks: [track], seconds: size / perSecond, bytes: at + 8 + size };
    }
    at += 8 + size + (size % 2);
  }
  return 'more';
}
