import { uint } from '#shared/core/bytes';
import { bodyAt } from './body-at.ts';

/** An element of EBML (RFC 8794 §6), as far as its bytes are there. */
export interface Element {
  readonly id: number;
  readonly body: Uint8Array;
  readonly isWhole: boolean;
  /** Where its body begins, and where the next one does; Infinity where its size is not known. */
  readonly start: number;
  readonly end: number;
}

/** The elements of which at least the header is there; ends before one that cannot be. */
export function* elementsIn(bytes: Uint8Array): Generator<Element, void, undefined> {
  for (let at = 0; at < bytes.length;) {
    const idBytes = Math.clz32(bytes[at] ?? 0) - 23;
    const sizeAt = at + idBytes;
    const sizeBytes = Math.clz32(bytes[sizeAt] ?? 0) - 23;
    const start = sizeAt + sizeBytes;
    if (idBytes > 4 || sizeBytes > 8 || start > bytes.length) return;
    const end = start + sizeOf(bytes, sizeAt, sizeBytes);
    const body = bytes.subarray(start, Math.min(end, bytes.length));
    yield { id: uint(bytes, at, idBytes), body, isWhole: end <= bytes.length, start, end };
    at = end;
  }
}

/** All ones say that it is not known. */
function sizeOf(bytes: Uint8Array, at: number, length: number): number {
  // Without its marker the first byte leaves room: eight are more than a number holds exactly.
  const first = (bytes[at] ?? 0) & (0xff >> length);
  const value = first * 256 ** (length - 1) + uint(bytes, at + 1, length - 1);
  return value >= 2 ** (7 * length) - 1 ? Infinity : value;
}

/** The first element below, by the ids of its path; undefined where one of them is not there. */
export function elementAt(bytes: Uint8Array, ...path: readonly number[]): Uint8Array | undefined {
  return bodyAt(bytes, path, (inside, id) =>
    elementsIn(inside).find((element) => element.id === id),
  );
}
