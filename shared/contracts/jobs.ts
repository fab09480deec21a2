import * as v from 'valibot';
import { OptionsView } from './options.ts';

/** The states of a job as the outside sees them; shared/core/jobs.ts tells the story. */
export const jobStates = [
  'uploading',
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'aborted',
  'expired',
] as const;

/** A job as its owner sees it. Times are ISO 8601 in UTC. */
export const JobView = v.object({
  id: v.pipe(v.string(), v.uuid()),
  state: v.picklist(jobStates),
  source: v.object({
    name: v.string(),
    bytes: v.nullable(v.number()),
    sha256: v.nullable(v.string()),
  }),
  options: OptionsView,
  attempt: v.number(),
  /** 0 to 1. */
  progress: v.number(),
  /** When it is likely over, in whole seconds; null where that is not known, and in the list. */
  estimatedSecondsLeft: v.nullable(v.number()),
  /** How many jobs are before a queued one, at most 10 000; null otherwise, and in the list. */
  queue: v.nullable(v.object({ ahead: v.number() })),
  /** Present exactly when the state is `done`. */
  result: v.nullable(
    v.object({
      bytes: v.number(),
      sha256: v.string(),
      durationSeconds: v.number(),
      /**
       * Null for an MP3 with all the sound of its source. Else what it would have failed with
       * without `allowPartial`, and both lengths.
       */
      degraded: v.nullable(
        v.object({
          code: v.picklist(['truncated', 'damaged']),
          promisedSeconds: v.nullable(v.number()),
          decodedSeconds: v.number(),
        }),
      ),
      /** Path below the gateway. */
      href: v.string(),
    }),
  ),
  /** What was compared before the result was shown; shared/core/job.ts explains each figure. */
  receipt: v.nullable(
    v.object({
      promisedSeconds: v.nullable(v.number()),
      decodedSeconds: v.number(),
      samples: v.number(),
      sampleRate: v.number(),
      channels: v.number(),
      frames: v.number(),
      codec: v.string(),
      encoder: v.string(),
      /** Null, like the next nulls, in jobs of former days. */
      container: v.nullable(v.string()),
      tracks: v.array(
        v.object({
          /** What the option `track` takes. */
          number: v.number(),
          codec: v.string(),
          channels: v.number(),
          language: v.nullable(v.string()),
          title: v.nullable(v.string()),
        }),
      ),
      /** The number of the one that was taken. */
      track: v.nullable(v.number()),
      isCopied: v.nullable(v.boolean()),
      segments: v.nullable(v.number()),
      resumedSegments: v.nullable(v.number()),
      loudness: v.nullable(
        v.object({
          targetLufs: v.number(),
          measuredLufs: v.number(),
          truePeakDb: v.number(),
          gainDb: v.number(),
          mode: v.picklist(['linear', 'limited']),
          reachedLufs: v.number(),
        }),
      ),
      /** Codes are stable; shared/core/warnings.ts has them all. */
      warnings: v.array(v.object({ code: v.string(), message: v.string() })),
      /** As they were applied: what the source decided is filled in. */
      options: v.nullable(OptionsView),
      /** Of the MP3. */
      sha256: v.nullable(v.string()),
    }),
  ),
  /**
   * Why it failed, why the last attempt ended, or what became of the MP3 of a job that is done:
   * code, what happened, what the person can do.
   */
  error: v.nullable(v.object({ code: v.string(), message: v.string(), remedy: v.string() })),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  updatedAt: v.pipe(v.string(), v.isoTimestamp()),
  expiresAt: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});
export type JobView = v.InferOutput<typeof JobView>;

/** One page of a person's jobs, newest first. `next` is the cursor of the following page. */
export const JobPage = v.object({ jobs: v.array(JobView), next: v.nullable(v.string()) });
export type JobPage = v.InferOutput<typeof JobPage>;

/** Query of the job list. */
export const JobListQuery = v.strictObject({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    '20',
  ),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(100))),
});
export type JobListQuery = v.InferOutput<typeof JobListQuery>;
