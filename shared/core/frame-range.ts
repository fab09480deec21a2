import { FrameWalk, notOurEncoder } from '#shared/core/frame-walk';

/** Lets some frames of a run through, by their numbers, and drops those before and behind. */
export class FrameRange {
  readonly #walk = new FrameWalk();
  readonly #range: { readonly start: number; readonly end: number };
  #frames = 0;
  /** Bytes, known as soon as the frame is seen. */
  #from = Infinity;
  #to = Infinity;

  constructor(range: { readonly start: number; readonly end: number }) {
    this.#range = range;
  }

  /** What of the wanted frames is known with this piece, in order; a view, not a copy. */
  push(piece: Uint8Array): Uint8Array {
    const { bytes, start, begins } = this.#walk.push(piece);
    for (const offset of begins) {
      if (this.#frames === this.#range.start) this.#from = offset;
      if (this.#frames === this.#range.end) this.#to = offset;
      this.#frames += 1;
    }
    return bytes.subarray(
      Math.min(bytes.length, Math.max(0, this.#from - start)),
      Math.min(bytes.length, Math.max(0, this.#to - start)),
    );
  }

  /** Throws AppError `internal` where the run ended before the first wanted frame. */
  end(): void {
    this.#walk.end();
    if (this.#from === Infinity) throw notOurEncoder('it made too few frames');
  }
}
