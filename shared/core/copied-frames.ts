import { FrameCounter } from '#shared/core/frame-counter';
import type { FrameCount } from '#shared/core/frame-counter';
import { FrameWalk } from '#shared/core/frame-walk';
import type { Gaps } from '#shared/core/lame-tag';
import { parseFrameHeader, samplesPerFrame } from '#shared/core/mp3';
import type { FrameHeader, Mp3Encoding } from '#shared/core/mp3';

/** What decoders drop in front beyond the encoder's delay: their own. */
const decoderDelay = 529;
const mostGap = 0xfff;

/** Walks over frames that somebody else made. Throws for what is not frames of one shape. */
export class CopiedFrames {
  readonly #counter = new FrameCounter();
  readonly #walk = new FrameWalk();
  readonly #shape: Omit<Mp3Encoding, 'rate'>;
  #bitrate: number | undefined;
  #isConstant = true;

  constructor(shape: Omit<Mp3Encoding, 'rate'>) {
    this.#shape = shape;
  }

  push(piece: Uint8Array): void {
    const { bytes, start, begins } = this.#walk.push(piece);
    for (const begin of begins) this.#see(parseFrameHeader(bytes, begin - start));
    this.#counter.push(piece);
  }

  /**
   * After the last piece. Equal rates are told as 0 kb/s, others as no quality: neither is known.
   */
  end(): { readonly counted: FrameCount; readonly rate: Mp3Encoding['rate'] } {
    const rate = this.#isConstant ? { kbps: 0 } : { quality: 10 };
    return { counted: this.#counter.end(), rate };
  }

  #see(header: FrameHeader | undefined): void {
    const { sampleRate, channels } = this.#shape;
    if (header?.sampleRate !== sampleRate || header.channels !== channels) {
      throw new Error('the frames are not of one shape');
    }
    this.#bitrate ??= header.bitrate;
    this.#isConstant &&= header.bitrate === this.#bitrate;
  }
}

/**
 * The gaps to tell of copied frames, so that a player drops what the decoder of their container
 * dropped: those of the source's own LAME tag where they account for it, in MP4 an edit list in
 * front. `none` where nothing was dropped, or at most two frames at the end. Undefined where
 * frames and samples do not agree: then something is missing, and a copy would hide it.
 */
export function gapsOfCopy(
  { frames, decoded, sampleRate }: Copied,
  told: Gaps | undefined,
  hasEditList: boolean,
): Gaps | 'none' | undefined {
  const dropped = frames * samplesPerFrame(sampleRate) - decoded;
  if (told) return dropped === told.delay + told.padding ? told : undefined;
  if (dropped === 0) return 'none';
  if (!hasEditList) return dropped > 0 && dropped <= 2 * 1152 ? 'none' : undefined;
  const isTellable = dropped >= decoderDelay && dropped - decoderDelay <= mostGap;
  return isTellable ? { delay: dropped - decoderDelay, padding: decoderDelay } : undefined;
}

/** So many frames, and so many samples per channel that were decoded of them. */
export interface Copied {
  readonly frames: number;
  readonly decoded: number;
  readonly sampleRate: number;
}
