import type { DecodeHint } from '#shared/core/media';

const truncated = [
  /moov atom not found/i,
  /partial file/i,
  /file ended prematurely/i,
  /truncating packet/i,
  /filesize and duration do not match/i,
  /unexpected end of (file|stream)/i,
];

const damaged = [
  /invalid data found/i,
  /error while decoding/i,
  /error submitting packet to decoder/i,
  /packet corrupt/i,
  /header missing/i,
  /decode_frame\(\) failed/i,
  /invalid (as )?(ebml|element|length|frame)/i,
];

const outOfMemory = /cannot allocate memory/i;

/** What ffmpeg's lines on stderr say about the file, heard one by one; only the last is kept. */
export class Complaints {
  #truncated = false;
  #damaged = false;
  #outOfMemory = false;
  #last = '';

  hear(line: string): void {
    this.#truncated ||= truncated.some((pattern) => pattern.test(line));
    this.#damaged ||= damaged.some((pattern) => pattern.test(line));
    this.#outOfMemory ||= outOfMemory.test(line);
    this.#last = line;
  }

  /** A missing end also looks like damage, so it goes first. */
  get hint(): DecodeHint {
    if (this.#truncated) return 'truncated';
    return this.#damaged ? 'damaged' : undefined;
  }

  /** For whoever looks for the cause. */
  get last(): string {
    return this.#last;
  }

  get isOutOfMemory(): boolean {
    return this.#outOfMemory;
  }
}
