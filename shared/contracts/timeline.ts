import * as v from 'valibot';

/** What can happen to a job, in the words of its timeline. */
export const timelineEvents = [
  'upload_began',
  'uploaded',
  'upload_aborted',
  'bell_rung',
  'attempt_began',
  'attempt_ended',
  'attempt_lost',
  'given_back',
  'done',
  'damaged',
  'failed',
  'cancelled',
  'retried',
  'expired',
  'mail_sent',
  'mail_postponed',
  'mail_failed',
] as const;
export type TimelineEvent = (typeof timelineEvents)[number];

/** What happened to a job and when, oldest first. */
export const Timeline = v.object({
  id: v.pipe(v.string(), v.uuid()),
  /** X-Call-Id of the upload or of the last retry: in every log line, bell and mail since then. */
  requestId: v.nullable(v.string()),
  entries: v.array(
    v.object({
      /** ISO 8601 in UTC, by the database's clock. */
      at: v.pipe(v.string(), v.isoTimestamp()),
      event: v.picklist(timelineEvents),
      /** Which attempt, or which try of a mail, it is about. */
      attempt: v.nullable(v.number()),
      /**
       * Why something ended without success, or with an MP3 that is not complete: one of the codes
       * of docs/errors.md.
       */
      code: v.nullable(v.string()),
      /** The same in words for the person. */
      text: v.string(),
    }),
  ),
});
export type Timeline = v.InferOutput<typeof Timeline>;
