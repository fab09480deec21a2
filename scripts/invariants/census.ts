import type { ErrorCode } from '#shared/core/errors';
import type { JobState, JobStep } from '#shared/core/jobs';
import type { Sight } from './ask-as-stranger.ts';
import type { Leak } from './find-leaks.ts';

/** One line of a job's history, as the store writes it with each step. */
export interface HistoryEntry {
  readonly at: string;
  readonly from: JobState;
  readonly step: JobStep;
  readonly to: JobState;
  /** Claims so far, this one included. */
  readonly attempt: number;
  readonly token: number;
  /** Of the error that the step was made with. */
  readonly code?: ErrorCode;
}

/** A job's row, as far as the invariants speak of it. */
export interface JobFacts {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  readonly history: readonly HistoryEntry[];
  readonly sourceFileId: string;
  readonly outputFileId: string | null;
  readonly result: {
    readonly fileId: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly durationSeconds: number;
    readonly degraded?: { readonly code: string };
  } | null;
  /** Whether its owner asked for what there is of a damaged video. */
  readonly allowsPartial: boolean;
  readonly error: { readonly code: string } | null;
}

export type BucketName = 'videos' | 'mp3s';

/** A complete file in GridFS; `sha256` is taken from its chunks, not from its metadata. */
export interface FileFacts {
  readonly bucket: BucketName;
  readonly fileId: string;
  readonly jobId: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Seconds of sound that a decoder finds; undefined where nobody decoded it. */
  readonly soundSeconds: number | undefined;
}

/** Mails by what the table says and by what arrived. */
export interface MailFacts {
  readonly jobId: string;
  /** Of the job: 1, and one more each time the person asked for it once more. */
  readonly round: number;
  readonly kind: 'conversion_completed' | 'conversion_failed';
  readonly state: 'due' | 'sent' | 'failed';
  /** Copies with this Message-ID that the mail server holds. */
  readonly arrived: number;
}

/** What a function answered the connector; no status where no answer came. */
export interface AnswerFacts {
  readonly functionName: string;
  readonly status: number | null;
  readonly tookMs: number;
}

/**
 * Everything there is after a run, read from the stores themselves and not through our adapters.
 */
export interface Census {
  readonly jobs: readonly JobFacts[];
  readonly files: readonly FileFacts[];
  /** Files that have at least one chunk. */
  readonly chunked: readonly { readonly bucket: BucketName; readonly fileId: string }[];
  /** Files that the sweep is told to delete later. */
  readonly discarded: readonly { readonly bucket: BucketName; readonly fileId: string }[];
  readonly mails: readonly MailFacts[];
  /** ffmpeg and ffprobe processes of this installation. */
  readonly ffmpegs: readonly number[];
  /** What a stranger was answered who asked for some of the jobs. */
  readonly sights: readonly Sight[];
  /** Secrets of the service, and of people, that stand in logs. */
  readonly leaks: readonly Leak[];
  /** Answers to bells that we signed, of functions that no fault struck. */
  readonly answers: readonly AnswerFacts[];
}

/**
 * What somebody was promised by a 2xx, and what the video truly is. `degraded` is done, in part.
 */
export interface Accepted {
  readonly jobId: string;
  /** How it must end. */
  readonly ends:
    | { readonly soundSeconds: number }
    | { readonly degraded: ErrorCode }
    | { readonly code: ErrorCode };
}
