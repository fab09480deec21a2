import { AppError } from '#shared/core/errors';
import type { ErrorCode } from '#shared/core/errors';
import type { Mp3Encoding } from '#shared/core/mp3';

const sampleRates = [32_000, 44_100, 48_000];

/** Sample rate in Hz and channels of an MP3. */
export type Mp3Shape = Pick<Mp3Encoding, 'sampleRate' | 'channels'>;

/**
 * The shape of a sound's MP3 where nobody asks for another: mono stays mono, everything else
 * becomes stereo; the sample rate stays where MPEG-1 has it, so that every usual bit rate exists.
 * Above 48 kHz it becomes 48 kHz, below it the lowest that is a whole multiple, else the next
 * higher.
 *
 * More than two channels are mixed as ITU-R BS.775 has it: left = L + 0.707 C + 0.707 Ls, right
 * likewise, without the LFE, turned down together so that nothing clips. Mono is the mean of both.
 */
export function shapeFor(
  audio: { readonly sampleRate: number; readonly channels: number },
  asked: { readonly sampleRate?: number | undefined; readonly channels?: 1 | 2 | undefined } = {},
): Mp3Shape {
  return {
    sampleRate: asked.sampleRate ?? rateFor(audio.sampleRate),
    channels: asked.channels ?? (audio.channels === 1 ? 1 : 2),
  };
}

function rateFor(rate: number): number {
  return (
    sampleRates.find((offered) => offered % rate === 0) ??
    sampleRates.find((offered) => offered > rate) ??
    48_000
  );
}

/** The length a source promises. */
export interface PromisedLength {
  /** Null where the source promises none. */
  readonly seconds: number | null;
  /**
   * Who promises: the sound track's own table, or the container as a whole, whose pictures may
   * last a little longer than its sound.
   */
  readonly by: 'track' | 'container';
}

/** A sound track, as the container's own tables tell. */
export interface AudioTrack {
  /** Its number among all streams, as ffmpeg's `-map` takes it. */
  readonly index: number;
  readonly codec: string;
  /** 0 where ffmpeg knows no decoder for it: such a track cannot be converted. */
  readonly sampleRate: number;
  readonly channels: number;
  /** As the file has it: mostly ISO 639-2. */
  readonly language: string | undefined;
  readonly title: string | undefined;
  readonly isDefault: boolean;
  /** How much later than the container's timeline it starts; never below 0. */
  readonly startsAfterSeconds: number;
  /** How long it is said to be, and by whom. */
  readonly promised: PromisedLength;
}

/** What is promised of the first `seconds` of a sound. */
export function promisedUpTo(promised: PromisedLength, seconds: number): PromisedLength {
  if (promised.seconds === null || promised.seconds <= seconds) return promised;
  return { ...promised, seconds };
}

/** What a decoder complained about. */
export type DecodeHint = Extract<ErrorCode, 'truncated' | 'damaged'> | undefined;

/**
 * Whether all the sound that the source promises was decoded: undefined when it was, else the code
 * the job fails with. A track's promise is kept within 1 % or 0.2 s, whichever is larger; a
 * container's within 5 % or 2 s as long as the decoder did not complain. Without a promise the
 * complaint alone decides. ffmpeg's exit code plays no part: it is 0 for half a file.
 */
export function lengthFault(
  promised: PromisedLength,
  decodedSeconds: number,
  hint: DecodeHint,
): 'truncated' | 'damaged' | undefined {
  if (promised.seconds === null) return hint;
  const missing = promised.seconds - decodedSeconds;
  if (Math.abs(missing) <= tolerance(promised.seconds, promised.by, hint)) return undefined;
  return hint ?? (missing > 0 ? 'truncated' : 'damaged');
}

function tolerance(seconds: number, by: PromisedLength['by'], hint: DecodeHint): number {
  return by === 'container' && hint === undefined
    ? Math.max(seconds * 0.05, 2)
    : Math.max(seconds * 0.01, 0.2);
}

/** Rejects with `too_long` a sound of more than `maxSeconds`. */
export function assertNotTooLong(seconds: number, maxSeconds: number): void {
  if (seconds <= maxSeconds) return;
  throw new AppError(
    'too_long',
    `This video is longer than the ${Math.floor(maxSeconds / 60)} minutes that are converted here.`,
  );
}
