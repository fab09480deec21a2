import { AppError } from '#shared/core/errors';

/** The same bytes; rejects with `too_large` as soon as there are more than `maxBytes`. */
export async function* atMost(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    yield piece;
  }
}

/** The error that names the limit. */
export function tooLarge(maxBytes: number): AppError {
  return new AppError('too_large', `A video has at most ${maxBytes} bytes here.`);
}
