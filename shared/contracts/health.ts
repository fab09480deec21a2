import * as v from 'valibot';

/** What can be wrong with the service as a whole; docs/operations.md says what to do about each. */
export const ailments = [
  'sweep_late',
  'sweep_failing',
  'queue_late',
  'leases_expired',
  'connector_silent',
  'bells_unrung',
  'mails_late',
  'mails_failing',
  'jobs_failing',
  'results_damaged',
] as const;
export type Ailment = (typeof ailments)[number];

const count = v.number();
const counts = v.record(v.string(), count);
/** Absent where there is nothing to measure. */
const age = v.nullable(v.number());

/** How the service is. Ages in seconds, by the database's clock. */
export const Health = v.object({
  status: v.picklist(['ok', 'degraded']),
  /** Empty exactly when the status is `ok`. */
  ailments: v.array(v.picklist(ailments)),
  jobs: v.object({
    uploading: count,
    /** Queued and due: what a free worker would take now. */
    waiting: count,
    /** Queued for later, after an attempt that ended. */
    postponed: count,
    running: count,
    /** Running, but their worker was not heard of in time. */
    expiredLeases: count,
    oldestWaitingSeconds: age,
    /** For how long the oldest of the expired leases is over. */
    oldestLeaseSeconds: age,
    /** Jobs that are queued or running, by the attempts they had. */
    byAttempt: counts,
  }),
  /** Failed jobs by code, in the last hour and the last day. */
  failures: v.object({ hour: counts, day: counts }),
  /** MP3s of which a part was found missing in the store within the last day. */
  results: v.object({ damagedInDay: count }),
  sweep: v.object({
    /** Since the last one ended. */
    ageSeconds: age,
    /** What its steps did; -1 where one failed. */
    counts: counts,
  }),
  /** For each topic, the way from the broker through the connector to the function. */
  connector: v.record(
    v.string(),
    v.object({
      /** Since a function heard a bell by this way. */
      heardSecondsAgo: age,
      /** Since the oldest bell that rang and was not followed by one that was heard. */
      silentSeconds: age,
    }),
  ),
  /** Bells that did not ring yet. */
  outbox: v.object({ unrung: count, oldestSeconds: age }),
  mails: v.object({
    due: count,
    oldestDueSeconds: age,
    /** Given up within the last hour, and the last day. */
    failedInHour: count,
    failedInDay: count,
  }),
});
export type Health = v.InferOutput<typeof Health>;
