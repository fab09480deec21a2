import type { Writable } from 'node:stream';

/**
 * Writes all of `body` into `parser` as fast as it takes it, looks at what it made of it, then ends
 * it. An error of the body becomes the parser's. Once the parser is destroyed, the body is let go.
 * Never rejects.
 */
export async function feed(
  body: AsyncIterable<Uint8Array>,
  parser: Writable,
  whenTaken: () => void,
): Promise<void> {
  let wake: () => void = () => undefined;
  parser.on('drain', () => wake()).on('close', () => wake());
  try {
    for await (const chunk of body) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await new Promise<void>((resolve) => (wake = resolve));
    }
    // An empty piece is taken after all pieces before it.
    await new Promise<void>((resolve) => parser.write(Buffer.alloc(0), () => resolve()));
    whenTaken();
    if (!parser.destroyed) parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error('the body broke', { cause: error }));
  }
}
