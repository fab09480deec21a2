import type { Segment } from '#shared/core/segments';

type Samples = Segment['samples'];

/** A piece of the sound, and where in it the piece begins, in bytes. */
interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads samples once and gives overlapping parts of them, as views. It remembers only what was
 * asked to be kept; who opened `pcm` closes it.
 */
export class PcmReader {
  readonly #pcm: AsyncIterator<Uint8Array>;
  readonly #bytesPerSample: number;
  #kept: Piece[] = [];
  #keepFrom: number;
  #position = 0;

  /**
   * `bytesPerSample` counts all channels; `keepFrom` is the first sample that will be asked for.
   */
  constructor(pcm: AsyncIterable<Uint8Array>, bytesPerSample: number, keepFrom: number) {
    this.#pcm = pcm[Symbol.asyncIterator]();
    this.#bytesPerSample = bytesPerSample;
    this.#keepFrom = keepFrom * bytesPerSample;
  }

  /** Reads on until there are more than so many samples; false where the sound ends before. */
  async hasMoreThan(samples: number): Promise<boolean> {
    while (this.#position <= samples * this.#bytesPerSample)
      if (!(await this.#next())) return false;
    return true;
  }

  /** These samples, as many as there are; keeps those from `keepFrom` on for the next range. */
  async *range({ start, end }: Samples, keepFrom: number): AsyncGenerator<Uint8Array> {
    const [from, to] = [start * this.#bytesPerSample, end * this.#bytesPerSample];
    this.#keepFrom = keepFrom * this.#bytesPerSample;
    const known = this.#kept;
    this.#kept = known.filter((piece) => this.#isKept(piece));
    for (const piece of known) yield* partOf(piece, from, to);
    while (this.#position < to) {
      const piece = await this.#next();
      if (!piece) return;
      yield* partOf(piece, from, to);
    }
  }

  async #next(): Promise<Piece | undefined> {
    const next = await this.#pcm.next();
    if (next.done === true) return undefined;
    const piece = { start: this.#position, bytes: next.value };
    this.#position += next.value.length;
    if (this.#isKept(piece)) this.#kept.push(piece);
    return piece;
  }

  #isKept({ start, bytes }: Piece): boolean {
    return start + bytes.length > this.#keepFrom;
  }
}

function* partOf({ start, bytes }: Piece, from: number, to: number): Generator<Uint8Array> {
  const part = bytes.subarray(Math.max(0, from - start), Math.max(0, to - start));
  if (part.length > 0) yield part;
}
