import { expiry } from '#shared/adapters/postgres/job-endings';
import { jobColumns, selectWithBell, toBell, toJob } from '#shared/adapters/postgres/job-row';
import type { BellRow, JobRow } from '#shared/adapters/postgres/job-row';
import type { Pool } from '#shared/adapters/postgres/pool';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';
import {
  droppedCheckpoint,
  lostOutput,
  ownOutput,
  progressAtCheckpoint,
  seconds,
  transition,
  unlessCheckpoint,
} from '#shared/adapters/postgres/transition';
import type { ErrorCode } from '#shared/core/errors';
import { failuresOf, keepsCheckpoint, type JobStep } from '#shared/core/jobs';
import type { ClaimRequest, JobClaims, Lease } from '#shared/core/ports';

const claim = transition({
  step: 'claim',
  // Asked again with the same output id (the first reply was lost), nothing new is claimed.
  where: `attempt < max_attempts AND due_at <= now()
    AND NOT EXISTS (SELECT FROM jobs WHERE output_file_id = $3)`,
  pick: 'ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED',
  set: `attempt = attempt + 1, lease_token = lease_token + 1, lease_worker = $1,
    lease_seconds = $2, due_at = now() + ${seconds('$2')}, called_at = NULL,
    output_file_id = $3, progress = ${progressAtCheckpoint}`,
  counted: { attempt: 'attempt + 1', token: 'lease_token + 1' },
  discard: [unlessCheckpoint(lostOutput)],
  also: 'jobs.history',
});

const claimed = `SELECT ${jobColumns}, jobs.history FROM jobs
  WHERE state = 'running' AND output_file_id = $2 AND lease_worker = $1`;

// A lease holds until somebody else claims the job, even a little past its time.
const held = 'id = $1 AND lease_token = $2 AND output_file_id = $3';

const heartbeat = `WITH before AS (
    SELECT id AS held_id, checkpoint ->> 'fileId' AS file_id, ${lostOutput.notBefore} AS not_before
    FROM jobs WHERE ${held} AND state = 'running' FOR UPDATE
  ), discarded AS (
    INSERT INTO discarded_files (bucket, file_id, not_before)
    SELECT 'mp3s', file_id, not_before FROM before WHERE file_id <> $6::jsonb ->> 'fileId'
    ON CONFLICT (bucket, file_id) DO NOTHING
  )
  UPDATE jobs SET due_at = now() + ${seconds('$4')}, lease_seconds = $4, progress = $5,
    checkpoint = coalesce($6, checkpoint), updated_at = now()
  FROM before WHERE id = held_id RETURNING id`;

const postponed = `due_at = now() + ${seconds('$5')}, output_file_id = NULL`;

const postpone = transition({
  step: 'postpone',
  where: held,
  error: '$4',
  set: `${postponed}, progress = ${progressAtCheckpoint}`,
  discard: [unlessCheckpoint(ownOutput)],
});

const beginAnew = transition({
  step: 'postpone',
  where: held,
  error: '$4',
  set: `${postponed}, checkpoint = NULL, progress = 0`,
  discard: [ownOutput, droppedCheckpoint],
});

const giveBack = transition({
  step: 'give_back',
  where: held,
  set: `attempt = attempt - 1, due_at = now(), output_file_id = NULL,
    progress = ${progressAtCheckpoint}`,
  discard: [unlessCheckpoint(ownOutput)],
  bell: 'video_uploaded',
});

const published = selectWithBell(
  'conversion_completed',
  `jobs.id = $1 AND lease_token = $2 AND output_file_id = $3 AND state = 'done'`,
);

const failed = selectWithBell(
  'conversion_failed',
  `jobs.id = $1 AND lease_token = $2 AND state = 'failed'`,
);

/** The jobs as workers see them. What is asked twice because a reply was lost answers the same. */
export function createJobClaims(pool: Pool, retention: Retention = defaultRetention): JobClaims {
  const { publish, fail } = ends(retention);
  const holds = async (text: string, values: unknown[]) =>
    (await pool.query(text, values)).length > 0;
  return {
    claim: (request) => claimJob(pool, request),
    heartbeat: (lease, leaseSeconds, progress, checkpoint) =>
      holds(heartbeat, [...key(lease), leaseSeconds, progress, checkpoint]),
    async publish(lease, result, receipt) {
      const [row] = await pool.query<BellRow>(publish, [...key(lease), result, receipt]);
      const [done] = row ? [row] : await pool.query<BellRow>(published, key(lease));
      return done && { bell: toBell(done) };
    },
    async fail(lease, error) {
      const [row] = await pool.query<BellRow>(fail, [...key(lease), error]);
      const [over] = row ? [row] : await pool.query<BellRow>(failed, key(lease).slice(0, 2));
      return over && { bell: toBell(over) };
    },
    postpone: (lease, error, delayMs) =>
      holds(keepsCheckpoint(error.code) ? postpone : beginAnew, [
        ...key(lease),
        error,
        delayMs / 1_000,
      ]),
    async giveBack(lease) {
      const [row] = await pool.query<BellRow>(giveBack, key(lease));
      return row && { bell: toBell(row) };
    },
  };
}

function key({ jobId, token, outputFileId }: Lease): unknown[] {
  return [jobId, token, outputFileId];
}

/** The two ends of a conversion, after which retention begins. */
function ends(retention: Retention) {
  return {
    publish: transition({
      step: 'publish',
      where: held,
      code: `$4::jsonb #>> '{degraded,code}'`,
      set: `result = $4, receipt = $5, error = NULL, checkpoint = NULL, progress = 1,
        ${expiry(retention)}`,
      discard: [
        droppedCheckpoint,
        {
          bucket: 'videos',
          fileId: 'source_file_id',
          notBefore: `now() + ${seconds(retention.sourceSeconds)}`,
        },
      ],
      bell: 'conversion_completed',
      mail: 'conversion_completed',
    }),
    fail: transition({
      step: 'fail',
      where: held,
      error: '$4',
      set: `output_file_id = NULL, checkpoint = NULL, ${expiry(retention)}`,
      discard: [ownOutput, droppedCheckpoint],
      bell: 'conversion_failed',
      mail: 'conversion_failed',
    }),
  };
}

interface ClaimRow extends JobRow {
  readonly history: readonly { readonly step: JobStep; readonly code?: ErrorCode }[];
}

async function claimJob(pool: Pool, { worker, leaseSeconds, outputFileId }: ClaimRequest) {
  const [row] = await pool.query<ClaimRow>(claim, [worker, leaseSeconds, outputFileId]);
  const [mine] = row ? [row] : await pool.query<ClaimRow>(claimed, [worker, outputFileId]);
  return (
    mine && {
      job: toJob(mine),
      lease: { jobId: mine.id, token: mine.leaseToken, outputFileId },
      failures: failuresOf(mine.history),
      checkpoint: mine.checkpoint ?? undefined,
      requestId: mine.requestId ?? undefined,
    }
  );
}
