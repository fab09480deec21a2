import { text, uint } from '#shared/core/bytes';
import { bodyAt } from './body-at.ts';

/** A box of an ISO base media file (ISO 14496-12 §4.2), as far as its bytes are there. */
export interface Box {
  readonly type: string;
  readonly body: Uint8Array;
  readonly isWhole: boolean;
  /** Where the next one begins; Infinity for one that lasts to the end of the file. */
  readonly end: number;
}

/** The boxes of which at least the header is there; ends before one that cannot be. */
export function* boxesIn(bytes: Uint8Array): Generator<Box, void, undefined> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = uint(bytes, at, 4);
    const header = size === 1 ? 16 : 8;
    const length = size === 1 ? uint(bytes, at + 8, 8) : size === 0 ? Infinity : size;
    if (length < header || at + header > bytes.length) return;
    const end = at + length;
    const body = bytes.subarray(at + header, Math.min(end, bytes.length));
    yield { type: text(bytes, at + 4, 4), body, isWhole: end <= bytes.length, end };
    at = end;
  }
}

/** The first box below that is whole, by its path; undefined where one of them is not there. */
export function boxAt(bytes: Uint8Array, ...path: readonly string[]): Uint8Array | undefined {
  return bodyAt(bytes, path, (inside, type) => boxesIn(inside).find((box) => box.type === type));
}
