import type { FirstLook } from '#shared/core/first-look/first-look';

/** The same pieces; fails as soon as the look at them does, and lets the source go. */
export async function* lookAt(
  pieces: AsyncIterable<Uint8Array>,
  look: Pick<FirstLook, 'push' | 'end'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) {
    look.push(piece);
    yield piece;
  }
  look.end();
}
