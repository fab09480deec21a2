import { isId } from '#shared/adapters/postgres/ids';
import type { Pool } from '#shared/adapters/postgres/pool';
import type { Outlook } from '#shared/core/estimate';
import type { JobOutlooks } from '#shared/core/ports';

/** Rows looked at for one figure, so that an answer takes as long on the busiest day. */
const mostAhead = 10_000;
const mostRunning = 1_000;
const recentJobs = 50;

const claimedAt = `(SELECT max((edge ->> 'at')::timestamptz)
  FROM jsonb_array_elements(history) AS edge WHERE edge ->> 'step' = 'claim')`;

/** The jobs that claims choose from, in their order: the index jobs_to_claim. */
const claimable = `jobs WHERE state IN ('queued', 'running') AND attempt < max_attempts`;

const outlook = `WITH asked AS (
    SELECT state, due_at, lease_token, ${claimedAt} AS claimed_at FROM jobs
    WHERE id = $1 AND state IN ('queued', 'running')
  ), ahead AS (
    SELECT count(*) AS jobs, coalesce(sum(source_bytes), 0) AS bytes FROM (
      SELECT source_bytes FROM ${claimable}
        AND due_at < (SELECT least(due_at, now()) FROM asked WHERE state = 'queued')
      ORDER BY due_at LIMIT ${mostAhead}) AS waiting
  ), running AS (
    SELECT count(*) AS jobs, coalesce(sum(source_bytes * (1 - progress)), 0) AS bytes FROM (
      SELECT state, source_bytes, progress FROM ${claimable} AND due_at > now()
      ORDER BY due_at LIMIT ${mostRunning}) AS later
    WHERE state = 'running'
  ), recent AS (
    SELECT coalesce(sum(source_bytes), 0) AS bytes,
      coalesce(extract(epoch FROM sum(updated_at - ${claimedAt})), 0) AS seconds FROM (
      SELECT * FROM jobs WHERE expires_at IS NOT NULL
      ORDER BY expires_at DESC LIMIT ${recentJobs}) AS over
    WHERE state = 'done' AND lease_token = 1
  )
  SELECT asked.state, extract(epoch FROM now() - claimed_at)::float8 AS "elapsedSeconds",
    lease_token = 1 AS "isFirst", ahead.jobs::int AS ahead,
    (ahead.bytes + running.bytes)::float8 AS "bytesAhead", running.jobs::int AS running,
    greatest(0, extract(epoch FROM due_at - now()))::float8 AS "dueInSeconds",
    greatest(0, extract(epoch FROM now() - due_at))::float8 AS "overdueSeconds",
    recent.bytes::float8 AS "recentBytes", recent.seconds::float8 AS "recentSeconds"
  FROM asked, ahead, running, recent`;

interface OutlookRow {
  readonly state: 'queued' | 'running';
  readonly elapsedSeconds: number;
  readonly isFirst: boolean;
  readonly ahead: number;
  readonly bytesAhead: number;
  readonly running: number;
  readonly dueInSeconds: number;
  readonly overdueSeconds: number;
  readonly recentBytes: number;
  readonly recentSeconds: number;
}

/** What ends of jobs are estimated from. At most 10 000 jobs ahead are counted. */
export function createJobOutlooks(pool: Pool): JobOutlooks {
  return {
    async find(jobId) {
      const [row] = isId(jobId) ? await pool.query<OutlookRow>(outlook, [jobId]) : [];
      return row && toOutlook(row);
    },
  };
}

function toOutlook(row: OutlookRow): Outlook {
  const recent = { bytes: row.recentBytes, seconds: row.recentSeconds };
  const { overdueSeconds } = row;
  if (row.state === 'running') {
    return {
      recent,
      overdueSeconds,
      attempt: { elapsedSeconds: row.elapsedSeconds, isFirst: row.isFirst },
    };
  }
  const { ahead, bytesAhead, running, dueInSeconds } = row;
  return { recent, overdueSeconds, queue: { ahead, bytesAhead, running, dueInSeconds } };
}
