import type { ErrorCode } from '#shared/core/errors';
import type { JobState } from '#shared/core/jobs';
import type { FrameCount } from '#shared/core/frame-counter';
import type { Container } from '#shared/core/signature';
import type { DecodeHint } from '#shared/core/media';
import type { TrackLabel } from '#shared/core/tracks';
import type { Warning } from '#shared/core/warnings';
import type { ConversionOptions, OptionsView } from '#shared/contracts/options';

/** A file complete in GridFS. `bytes` is its size, `sha256` lower-case hex over all of them. */
export interface StoredFile {
  /** 24 hex digits, allocated before the first byte is written. */
  readonly fileId: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The uploaded video; size and hash are known once the whole of it is stored. */
export interface JobSource {
  readonly fileId: string;
  /** What the person called it, cleaned, at most 120 characters: a label, never a path. */
  readonly name: string;
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
}

/**
 * What an MP3 lacks that was made of a damaged or cut source, because the person asked for what
 * there is (`allowPartial`).
 */
export interface Degraded {
  /** What the job would have failed with. */
  readonly code: NonNullable<DecodeHint>;
  /** Of the part that was asked for; null where the source's own tables promise no length. */
  readonly promisedSeconds: number | null;
  readonly decodedSeconds: number;
}

/** The MP3 of a `done` job. */
export interface JobResult extends StoredFile {
  /** Seconds of sound a player that honours delay and padding plays. */
  readonly durationSeconds: number;
  /** Absent from an MP3 that holds all the sound that its source promises. */
  readonly degraded?: Degraded | undefined;
}

/** How a sound was brought to the loudness that was asked for (EBU R128); levels in LUFS. */
export interface LoudnessReceipt {
  readonly targetLufs: number;
  /** Of the sound as it was. */
  readonly measuredLufs: number;
  /** Its highest peak, in dBTP. */
  readonly truePeakDb: number;
  readonly gainDb: number;
  /** `limited` where the gain alone would have lifted peaks above -1 dBTP. */
  readonly mode: 'linear' | 'limited';
  /** Of the sound as it was encoded. */
  readonly reachedLufs: number;
}

/** What was compared before a result was published. */
export interface Receipt {
  /** Seconds of sound that the source's own tables promise; null where it has none. */
  readonly promisedSeconds: number | null;
  readonly decodedSeconds: number;
  readonly samples: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  readonly codec: string;
  readonly encoder: string;
  /** This and all that follows is absent in receipts of former days. */
  readonly container?: Container;
  /** The sound tracks that there were, and the number of the one that was taken. */
  readonly tracks?: readonly TrackLabel[];
  readonly track?: number;
  /** Whether the source's own frames were kept, and not made anew. */
  readonly isCopied?: boolean;
  /** In how many parts it was encoded; 1 is one run with a bit reservoir. */
  readonly segments?: number;
  /** How many of them an earlier attempt had left. */
  readonly resumedSegments?: number;
  /** Absent where none was asked for, and where there was none to measure. */
  readonly loudness?: LoudnessReceipt | undefined;
  readonly warnings?: readonly Warning[];
  /** The options as they were applied: where the source decided, what it decided. */
  readonly options?: OptionsView;
  /** Of the MP3, as in the result: the receipt says by itself which bytes it is about. */
  readonly sha256?: string;
}

/**
 * How much of an MP3 outlives its worker: the whole frames (counted, with their CRC) of the first
 * segments, stored and acknowledged in the output of the attempt that made them.
 */
export interface Checkpoint extends Pick<FrameCount, 'frames' | 'bytes' | 'crc'> {
  readonly fileId: string;
  /** Where in that file the frames begin. */
  readonly start: number;
  /** How many segments these frames are. */
  readonly segments: number;
  /** All that decides the frames: who would make others does not go on behind these. */
  readonly fingerprint: string;
  /** Share of the sound that they hold, 0 to 1. */
  readonly progress: number;
}

/** Why a job failed or will be tried again. */
export interface JobError {
  readonly code: ErrorCode;
  /** The sentence the person reads. */
  readonly message: string;
}

/** One row of the truth. Times are the database's. */
export interface Job {
  readonly id: string;
  readonly ownerId: string;
  readonly state: JobState;
  readonly source: JobSource;
  readonly options: ConversionOptions;
  /** 1, and one more each time the person asked for the job once more. */
  readonly round: number;
  /** Claims so far in this round. */
  readonly attempt: number;
  /** Share of the sound that is encoded, 0 to 1. */
  readonly progress: number;
  readonly result: JobResult | undefined;
  readonly receipt: Receipt | undefined;
  readonly error: JobError | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When the MP3 (or what is kept of a failed job) is deleted; absent while work is under way. */
  readonly expiresAt: Date | undefined;
}
