import type { Pool } from '#shared/adapters/postgres/pool';
import { topics } from '#shared/contracts/events';
import type { Figures, Vitals } from '#shared/core/health';

const since = (time: string) => `extract(epoch FROM now() - ${time})::float8`;

// One row, so that all figures are of one moment. Ended jobs are many and are read by index only.
const jobs = `SELECT jsonb_build_object(
    'uploading', count(*) FILTER (WHERE state = 'uploading'),
    'waiting', count(*) FILTER (WHERE state = 'queued' AND due_at <= now()),
    'postponed', count(*) FILTER (WHERE state = 'queued' AND due_at > now()),
    'running', count(*) FILTER (WHERE state = 'running'),
    'expiredLeases', count(*) FILTER (WHERE state = 'running' AND due_at <= now()),
    'oldestWaitingSeconds', ${since(`min(due_at) FILTER (WHERE state = 'queued' AND due_at <= now())`)},
    'oldestLeaseSeconds', ${since(`min(due_at) FILTER (WHERE state = 'running' AND due_at <= now())`)})
  FROM jobs WHERE state IN ('uploading', 'queued', 'running')`;

const byAttempt = `SELECT coalesce(jsonb_object_agg(attempt, count), '{}') FROM (
    SELECT attempt, count(*) FROM jobs WHERE state IN ('queued', 'running') GROUP BY attempt) AS counted`;

const failures = (interval: string) => `SELECT coalesce(jsonb_object_agg(code, count), '{}') FROM (
    SELECT error ->> 'code' AS code, count(*) FROM jobs
    WHERE state = 'failed' AND updated_at > now() - interval '${interval}' GROUP BY 1) AS counted`;

const results = `SELECT jsonb_build_object('damagedInDay', count(*)) FROM jobs
  WHERE state = 'done' AND error IS NOT NULL AND updated_at > now() - interval '1 day'`;

const sweep = `SELECT jsonb_build_object('ageSeconds', ${since('max(ended_at)')},
    'counts', coalesce((SELECT counts FROM sweeps), '{}')) FROM sweeps`;

// A bell rings before it is marked as rung and may be heard in between: its beginning counts.
const connector = `SELECT jsonb_object_agg(topic, jsonb_build_object(
    'heardSecondsAgo', ${since('heard_at')},
    'silentSeconds', (SELECT ${since('min(created_at)')} FROM outbox
      WHERE event ->> 'type' = topic AND rung_at IS NOT NULL
        AND created_at > coalesce(heard_at, '-infinity'))))
  FROM unnest(ARRAY['${topics.join("', '")}']) AS topic
  LEFT JOIN hearing USING (topic)`;

const outbox = `SELECT jsonb_build_object('unrung', count(*),
    'oldestSeconds', ${since('min(created_at)')}) FROM outbox WHERE rung_at IS NULL`;

const mails = `SELECT jsonb_build_object(
    'due', count(*) FILTER (WHERE state = 'due' AND due_at <= now()),
    'oldestDueSeconds', ${since(`min(due_at) FILTER (WHERE state = 'due' AND due_at <= now())`)},
    'failedInHour', count(*) FILTER (WHERE state = 'failed' AND updated_at > now() - interval '1 hour'),
    'failedInDay', count(*) FILTER (WHERE state = 'failed' AND updated_at > now() - interval '1 day'))
  FROM mails WHERE state = 'due' OR state = 'failed' AND updated_at > now() - interval '1 day'`;

const read = `SELECT (${jobs}) || jsonb_build_object('byAttempt', (${byAttempt})) AS jobs,
  jsonb_build_object('hour', (${failures('1 hour')}), 'day', (${failures('1 day')})) AS failures,
  (${results}) AS results, (${sweep}) AS sweep, (${connector}) AS connector,
  (${outbox}) AS outbox, (${mails}) AS mails`;

/** Figures of the whole service, in one statement. */
export function createVitals(pool: Pool): Vitals {
  return {
    async read() {
      const [figures] = await pool.query<Figures>(read);
      if (figures === undefined) throw new TypeError('a SELECT without FROM has one row');
      return figures;
    },
  };
}
