import { joinPieces } from '#shared/core/bytes';
import { AppError, sentence } from '#shared/core/errors';
import type { ErrorCode } from '#shared/core/errors';
import { assertNotTooLong } from '#shared/core/media';
import type { Container } from '#shared/core/signature';
import { lookAtAsf } from './asf.ts';
import { foundIn, lookBytes } from './contents.ts';
import type { Contents, FoundTrack, Look } from './contents.ts';
import { lookAtIsoMedia } from './iso-media.ts';
import { lookAtMatroska } from './matroska.ts';
import { lookAtWav } from './wav.ts';

const readers: Partial<Record<Container, (bytes: Uint8Array) => Look>> = {
  mp4: lookAtIsoMedia,
  matroska: lookAtMatroska,
  wav: lookAtWav,
  asf: lookAtAsf,
};

/** What the first bytes of a file tell. Never throws, whatever they are; linear in their number. */
export function lookAt(container: Container, bytes: Uint8Array): Look {
  return readers[container]?.(bytes.subarray(0, lookBytes)) ?? 'unknown';
}

/** What a file may be. */
export interface LookLimits {
  /** Of the sound that is to be converted. */
  readonly maxSeconds: number;
  readonly maxBytes: number;
  /** Where the person's excerpt ends, in seconds. */
  readonly end?: number | undefined;
  /** Whether a part of it is better than none: then what arrives decides. */
  readonly allowPartial?: boolean | undefined;
}

/**
 * Rejects a file of which its own tables say that no MP3 can come of it: with `encrypted`,
 * `no_audio`, `too_long` or `too_large`, and what was found.
 */
export function assertConvertible(contents: Contents, limits: LookLimits): void {
  const { tracks, seconds = 0, bytes = 0 } = contents;
  const { end = Infinity, allowPartial = false, maxSeconds, maxBytes } = limits;
  assertAudible(tracks);
  if (allowPartial) return;
  assertNotTooLong(Math.min(seconds, end), maxSeconds);
  if (bytes > maxBytes) throw new AppError('too_large');
}

/**
 * Rejects with `no_audio` or `encrypted`, and what was found, what has no sound that can be heard.
 */
export function assertAudible(tracks: readonly FoundTrack[]): void {
  const sounds = tracks.filter(({ kind }) => kind === 'sound');
  if (sounds.length === 0) throw refusal('no_audio', tracks);
  if (sounds.every(({ isEncrypted }) => isEncrypted)) throw refusal('encrypted', tracks);
}

function refusal(code: ErrorCode, tracks: readonly FoundTrack[]): AppError {
  return new AppError(code, `${sentence[code]} Found: ${foundIn(tracks)}.`);
}

const firstBytes = 4096;

/**
 * Looks at a file while it flows: holds at most {@link lookBytes} of it, and none as soon as it is
 * decided or never will be.
 */
export class FirstLook {
  readonly #container: Container;
  readonly #limits: LookLimits;
  #pieces: Uint8Array[] | undefined = [];
  #held = 0;
  #next = firstBytes;

  constructor(container: Container, limits: LookLimits) {
    this.#container = container;
    this.#limits = limits;
  }

  /** Rejects as {@link assertConvertible} as soon as that is certain. */
  push(piece: Uint8Array): void {
    if (!this.#pieces) return;
    // A view of a piece would keep the whole of the buffer it lies in.
    this.#pieces.push(piece.slice(0, lookBytes - this.#held));
    this.#held = Math.min(lookBytes, this.#held + piece.length);
    // Not at each piece: twice as much each time makes it linear in all.
    if (this.#held < this.#next) return;
    this.#next = Math.min(lookBytes, 2 * this.#held);
    this.end();
  }

  /** The same after the last piece, for what is shorter than a look. */
  end(): void {
    if (!this.#pieces) return;
    const look = lookAt(this.#container, joinPieces(this.#pieces));
    if (look !== 'more' || this.#held === lookBytes) this.#pieces = undefined;
    if (typeof look === 'object') assertConvertible(look, this.#limits);
  }
}
