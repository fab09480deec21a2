/** The first bytes of a stream, and the stream as if nobody had looked. */
export interface Peeked {
  /** At least as many bytes as wanted, or all there are. */
  readonly head: Uint8Array;
  /** All bytes, the head included; to be read once. */
  readonly whole: AsyncIterable<Uint8Array>;
  /** Lets the source go when `whole` is not read. */
  readonly leave: () => void;
}

/** Looks at the first `bytes` bytes of `source`. Rejects with what the source rejects with. */
export async function peek(source: AsyncIterable<Uint8Array>, bytes: number): Promise<Peeked> {
  const pieces = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let seen = 0;
  while (seen < bytes) {
    const piece = await pieces.next();
    if (piece.done) break;
    first.push(piece.value);
    seen += piece.value.length;
  }
  return {
    head: Buffer.concat(first),
    whole: join(first, pieces),
    leave: () => void pieces.return?.().catch(() => undefined),
  };
}

async function* join(
  first: readonly Uint8Array[],
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* first;
    for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
      yield piece.value;
    }
  } finally {
    await pieces.return?.();
  }
}
