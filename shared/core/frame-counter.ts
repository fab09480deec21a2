import { crc16 } from '#shared/core/crc16';
import { FrameWalk } from '#shared/core/frame-walk';

/** Where frames lie in a run of them. */
export interface FrameMarks {
  /** A power of two. */
  readonly every: number;
  /** Where frames 0, `every`, 2·`every`, … begin, in bytes. */
  readonly offsets: readonly number[];
}

/** What is known of a run of whole frames. `crc` is the LAME tag's music CRC. */
export interface FrameCount {
  readonly frames: number;
  readonly bytes: number;
  readonly crc: number;
  readonly marks: FrameMarks;
}

/** The count of no frames. */
export const noFrames: FrameCount = {
  ...{ frames: 0, bytes: 0, crc: 0 },
  marks: { every: 1, offsets: [] },
};

/** Enough for the hundred places that a player can jump to; every second goes when it is full. */
const mostMarks = 256;

/**
 * Counts the frames of an encoder's output, in pieces of any size; goes on behind `from`. `push`
 * and `end` throw AppError `internal` for what is not frames from the first byte to the last.
 */
export class FrameCounter {
  readonly #walk: FrameWalk;
  #frames: number;
  #bytes: number;
  #crc: number;
  #every: number;
  #offsets: number[];

  constructor({ frames, bytes, crc, marks } = noFrames) {
    this.#walk = new FrameWalk(bytes);
    this.#frames = frames;
    this.#bytes = bytes;
    this.#crc = crc;
    this.#every = marks.every;
    this.#offsets = [...marks.offsets];
  }

  push(piece: Uint8Array): void {
    for (const offset of this.#walk.push(piece).begins) this.#mark(offset);
    this.#bytes += piece.length;
    this.#crc = crc16(piece, this.#crc);
  }

  /** What was pushed so far, which ends with a whole frame. */
  end(): FrameCount {
    this.#walk.end();
    return {
      ...{ frames: this.#frames, bytes: this.#bytes, crc: this.#crc },
      marks: { every: this.#every, offsets: [...this.#offsets] },
    };
  }

  #mark(offset: number): void {
    if (this.#frames % this.#every === 0) this.#offsets.push(offset);
    this.#frames += 1;
    if (this.#offsets.length <= mostMarks) return;
    this.#offsets = this.#offsets.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }
}
