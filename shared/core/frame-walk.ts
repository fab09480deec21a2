import { AppError, sentence } from '#shared/core/errors';
import { parseFrameHeader } from '#shared/core/mp3';

/** A step on the way through frames. */
export interface FrameStep {
  /** What is decided by now: whole headers, and all behind the last one. */
  readonly bytes: Uint8Array;
  /** Where these bytes lie in the run. */
  readonly start: number;
  /** Where in the run those frames begin whose headers are among them. */
  readonly begins: readonly number[];
}

/**
 * Finds the frames in an encoder's output, in pieces of any size. `push` and `end` throw AppError
 * `internal` for what is not frames from the first byte to the last: then the encoder is not what
 * we think it is, and nothing of it may be published.
 */
export class FrameWalk {
  #position: number;
  /** Bytes of the present frame that are still to come. */
  #rest = 0;
  /** The first bytes of a header that the last piece ended in. */
  #begun = new Uint8Array();

  /** `position` is where in the run the first piece lies, in bytes. */
  constructor(position = 0) {
    this.#position = position;
  }

  push(piece: Uint8Array): FrameStep {
    const bytes = this.#begun.length > 0 ? joined(this.#begun, piece) : piece;
    const start = this.#position;
    const begins: number[] = [];
    let at = this.#rest;
    while (at + 4 <= bytes.length) {
      begins.push(start + at);
      at += frameBytesAt(bytes, at);
    }
    const decided = Math.min(at, bytes.length);
    this.#rest = Math.max(0, at - bytes.length);
    this.#begun = bytes.slice(decided);
    this.#position += decided;
    return { bytes: bytes.subarray(0, decided), start, begins };
  }

  /** To be called after the last piece. */
  end(): void {
    if (this.#rest > 0 || this.#begun.length > 0) {
      throw notOurEncoder('it ended in the middle of a frame');
    }
  }
}

function frameBytesAt(bytes: Uint8Array, at: number): number {
  const header = parseFrameHeader(bytes, at);
  if (!header) throw notOurEncoder('it wrote something that is no frame');
  return header.bytes;
}

/** The AppError for an encoder that does what no encoder does. */
export function notOurEncoder(what: string): AppError {
  return new AppError('internal', sentence.internal, { cause: new Error(`encoder: ${what}`) });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
