import type { Mp3Encoding } from '#shared/core/mp3';

/** Bytes of one sample of one channel, as the transcoder's port has it. */
export const bytesPerSample = Float32Array.BYTES_PER_ELEMENT;

/** Counts interleaved 32-bit samples as they pass. */
export class SampleMeter {
  readonly #shape: Pick<Mp3Encoding, 'channels' | 'sampleRate'>;
  #bytes = 0;

  constructor(shape: Pick<Mp3Encoding, 'channels' | 'sampleRate'>) {
    this.#shape = shape;
  }

  push(piece: Uint8Array): void {
    this.#bytes += piece.length;
  }

  /** Per channel. */
  get samples(): number {
    return Math.floor(this.#bytes / (bytesPerSample * this.#shape.channels));
  }

  get seconds(): number {
    return this.samples / this.#shape.sampleRate;
  }
}
