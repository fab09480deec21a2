import { uintLe } from '#shared/core/bytes';
import { waitUntil } from './contents.ts';
import type { Look } from './contents.ts';

const headerBytes = 30;
const objectBytes = 24;

/** Content Encryption and Extended Content Encryption Objects (ASF specification §3.14, §3.15). */
const encryptions = ['fbb3112223bdd211b4b700a0c955fc6e', '14e68a292226174cb935dae07ee9289c'];

/** Windows Media: its header tells whether it is protected. Of the tracks it need not tell all. */
export function lookAtAsf(bytes: Uint8Array): Look {
  const end = uintLe(bytes, 16, 8);
  if (bytes.length < headerBytes) return 'more';
  if (bytes.length < end) return waitUntil(end);
  for (let at = headerBytes; at + objectBytes <= end;) {
    const size = uintLe(bytes, at + 16, 8);
    if (size < objectBytes) return 'unknown';
    if (encryptions.includes(hex(bytes.subarray(at, at + 16)))) {
      const track = { kind: 'sound', codec: undefined, isEncrypted: true } as const;
      return { tracks: [track], seconds: undefined };
    }
    at += size;
  }
  return 'unknown';
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
