import { crc16 } from '#shared/core/crc16';
import { AppError, sentence } from '#shared/core/errors';
import { parseFrameHeader } from '#shared/core/mp3';

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
 * Walks over the frames of an encoder's output, in pieces of any size; goes on behind `from`.
 * `push` and `end` reject what is not frames from the first byte to the last with AppError
 * `internal`: then the encoder is not what we think it is, and nothing of it may be published.
 */
export class FrameCounter {
  #frames: number;
  #bytes: number;
  #crc: number;
  #every: number;
  #offsets: number[];
  /** Bytes of the present frame that are still to come. */
  #rest = 0;
  /** The first bytes of a header that the last piece ended in. */
  #begun = new Uint8Array();

  constructor({ frames, bytes, crc, marks } = noFrames) {
    this.#frames = frames;
    this.#bytes = bytes;
    this.#crc = crc;
    this.#every = marks.every;
    this.#offsets = [...marks.offsets];
  }

  push(piece: Uint8Array): void {
    const start = this.#bytes - this.#begun.length;
    const bytes = this.#begun.length > 0 ? joined(this.#begun, piece) : piece;
    let at = this.#rest;
    while (at + 4 <= bytes.length) {
      this.#mark(start + at);
      at += frameBytesAt(bytes, at);
    }
    this.#rest = Math.max(0, at - bytes.length);
    this.#begun = bytes.slice(Math.min(at, bytes.length));
    this.#bytes += piece.length;
    this.#crc = crc16(piece, this.#crc);
  }

  /** What was pushed so far, which ends with a whole frame. */
  end(): FrameCount {
    if (this.#rest > 0 || this.#begun.length > 0) {
      throw notOurEncoder('it ended in the middle of a frame');
    }
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

function frameBytesAt(bytes: Uint8Array, at: number): number {
  const header = parseFrameHeader(bytes, at);
  if (!header) throw notOurEncoder('it wrote something that is no frame');
  return header.bytes;
}

function notOurEncoder(what: string): AppError {
  return new AppError('internal', sentence.internal, { cause: new Error(`encoder: ${what}`) });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
