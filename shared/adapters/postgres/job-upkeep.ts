import type { BellEvent } from '#shared/contracts/events';
import { deletions } from '#shared/adapters/postgres/forget';
import { expiring, expiry, lostSource } from '#shared/adapters/postgres/job-endings';
import { bellColumns, toBell } from '#shared/adapters/postgres/job-row';
import type { BellRow } from '#shared/adapters/postgres/job-row';
import type { Pool } from '#shared/adapters/postgres/pool';
import {
  bellEvent,
  droppedCheckpoint,
  lostOutput,
  seconds,
  statesBefore,
  transition,
} from '#shared/adapters/postgres/transition';
import { sentence } from '#shared/core/errors';
import type { ErrorCode } from '#shared/core/errors';
import type { JobError } from '#shared/core/job';
import type { Bucket, DiscardedFile, JobUpkeep, SweepLimits } from '#shared/core/ports';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';

const unrung = `SELECT ${bellColumns} FROM outbox
  WHERE rung_at IS NULL AND created_at <= now() - ${seconds('$2')} ORDER BY id LIMIT $1`;

const unheard = `WITH picked AS (
    SELECT id AS picked_id FROM jobs
    WHERE state ${statesBefore('claim')} AND attempt < max_attempts AND due_at <= now()
      AND (called_at IS NULL OR called_at <= now() - ${seconds('$2')})
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
  )
  UPDATE jobs SET called_at = now() FROM picked WHERE id = picked_id
  RETURNING ${bellEvent('video_uploaded')} AS event`;

// Which topic a mail about an account rings is all the same: whoever hears it sends what is due.
const mailTopic = `CASE kind WHEN 'account_exists' THEN 'conversion_completed' ELSE kind END`;
const mailEvent = `jsonb_strip_nulls(jsonb_build_object(
    'v', 1, 'type', ${mailTopic}, 'jobId', coalesce(job_id, id), 'requestId', request_id))`;

const dueMails = `WITH picked AS (
    SELECT id AS picked_id FROM mails WHERE state = 'due' AND due_at <= now()
      AND (called_at IS NULL OR called_at <= now() - ${seconds('$2')})
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), called AS (
    UPDATE mails SET called_at = now() FROM picked WHERE id = picked_id
    RETURNING ${mailTopic} AS topic, ${mailEvent} AS event
  )
  SELECT DISTINCT ON (topic) event FROM called ORDER BY topic`;

const late = `(SELECT ${bellEvent('video_uploaded')} AS event FROM jobs
    WHERE due_at <= now() AND (state = 'running' OR due_at <= now() - ${seconds('$1')})
      AND state ${statesBefore('claim')} AND attempt < max_attempts
    ORDER BY due_at LIMIT 1)
  UNION ALL
  (SELECT DISTINCT ON (${mailTopic}) ${mailEvent} AS event FROM mails
    WHERE state = 'due' AND due_at <= now() - ${seconds('$1')}
    ORDER BY ${mailTopic}, due_at)`;

const expire = transition({
  ...expiring,
  where: 'expires_at <= now()',
  pick: 'ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED',
});

const discarded = `SELECT bucket, file_id AS "fileId" FROM discarded_files
  WHERE not_before <= now() ORDER BY not_before LIMIT $1`;

const deleted = 'DELETE FROM discarded_files WHERE bucket = $1 AND file_id = $2';

const swept = `INSERT INTO sweeps (ended_at, counts) VALUES (now(), $1)
  ON CONFLICT (one) DO UPDATE SET ended_at = now(), counts = excluded.counts`;

/**
 * What keeps jobs from being stuck and bytes from being forgotten. A job whose workers died as
 * often as it may be tried fails as `internal`: nobody was left to say why.
 */
export function createJobUpkeep(pool: Pool, retention: Retention = defaultRetention): JobUpkeep {
  const { failExhausted, abortStale } = overdue(retention);
  const events = async (text: string, { maxRows }: SweepLimits, age: number) =>
    (await pool.query<{ event: BellEvent }>(text, [maxRows, age])).map(({ event }) => event);
  const bells = async (text: string, values: unknown[]) =>
    (await pool.query<BellRow>(text, values)).map(toBell);
  return {
    unrung: (olderThanSeconds, { maxRows }) => bells(unrung, [maxRows, olderThanSeconds]),
    unheard: (age, limits) => events(unheard, limits, age),
    failExhausted: ({ maxRows }) => bells(failExhausted, [maxRows, errorOf('internal')]),
    async abortStaleUploads({ maxRows }) {
      return (await pool.query(abortStale, [maxRows, errorOf('upload_timeout')])).length;
    },
    dueMails: (age, limits) => events(dueMails, limits, age),
    async late(age) {
      return (await pool.query<{ event: BellEvent }>(late, [age])).map(({ event }) => event);
    },
    expire: async ({ maxRows }) => (await pool.query(expire, [maxRows])).length,
    async forget({ maxRows }) {
      let count = 0;
      for (const text of deletions(retention)) count += (await pool.query(text, [maxRows])).length;
      return count;
    },
    discarded: ({ maxRows }) => pool.query<DiscardedFile>(discarded, [maxRows]),
    async deleted({ bucket, fileId }) {
      await pool.query(deleted, [bucket, fileId]);
    },
    orphans: (bucket, fileIds) => findOrphans(pool, bucket, fileIds),
    async swept(counts) {
      await pool.query(swept, [counts]);
    },
  };
}

/** The moves nobody made in time. */
function overdue(retention: Retention) {
  const pick = 'ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED';
  return {
    failExhausted: transition({
      step: 'fail',
      where: 'attempt >= max_attempts AND due_at <= now()',
      pick,
      error: '$2',
      set: `output_file_id = NULL, checkpoint = NULL, ${expiry(retention)}`,
      discard: [lostOutput, droppedCheckpoint],
      bell: 'conversion_failed',
      mail: 'conversion_failed',
    }),
    abortStale: transition({
      step: 'abort',
      where: 'due_at <= now()',
      pick,
      error: '$2',
      set: expiry(retention),
      discard: [lostSource],
    }),
  };
}

function errorOf(code: ErrorCode): JobError {
  return { code, message: sentence[code] };
}

/** Which job still needs the file. */
const needed = {
  videos: `source_file_id = wanted.file_id AND state NOT IN ('aborted', 'expired')`,
  mp3s: `wanted.file_id IN (output_file_id, checkpoint ->> 'fileId')`,
} as const satisfies Record<Bucket, string>;

async function findOrphans(pool: Pool, bucket: Bucket, fileIds: readonly string[]) {
  const rows = await pool.query<{ fileId: string }>(
    `SELECT wanted.file_id AS "fileId" FROM unnest($2::text[]) AS wanted (file_id)
     WHERE NOT EXISTS (SELECT FROM jobs WHERE ${needed[bucket]})
       AND NOT EXISTS (SELECT FROM discarded_files AS known
         WHERE known.bucket = $1 AND known.file_id = wanted.file_id)`,
    [bucket, fileIds],
  );
  return rows.map(({ fileId }) => fileId);
}
