import { Transform, type TransformCallback } from 'node:stream';

const BUFFER_BYTES = 4_096;

/** Small chunks wait until 4 KB are there or the end: the gateway never flushes. */
export class Withhold extends Transform {
  #held: Buffer[] = [];
  #bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= BUFFER_BYTES) this.#release();
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#release();
    done();
  }

  #release(): void {
    for (const chunk of this.#held) this.push(chunk);
    this.#held = [];
    this.#bytes = 0;
  }
}
