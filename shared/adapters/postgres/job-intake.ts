import { expiry } from '#shared/adapters/postgres/job-endings';
import { selectWithBell, toBell, toJob } from '#shared/adapters/postgres/job-row';
import type { BellRow, JobRow } from '#shared/adapters/postgres/job-row';
import type { Pool } from '#shared/adapters/postgres/pool';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';
import { seconds, transition } from '#shared/adapters/postgres/transition';
import { AppError } from '#shared/core/errors';
import type { JobIntake, NewJob } from '#shared/core/ports';

// Jobs of one owner are opened one after the other, or two could both be the last allowed.
const lockOwner = 'SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE';

const open = `INSERT INTO jobs
    (id, owner_id, state, source_file_id, source_name, options, due_at, request_id)
  SELECT $1, $2, 'uploading', $3, $4, $5, now() + ${seconds('$6')}, $8
  WHERE (SELECT count(*) FROM jobs
    WHERE owner_id = $2 AND state IN ('uploading', 'queued', 'running')) < $7
  RETURNING id`;

const renew = `UPDATE jobs SET due_at = now() + ${seconds('$2')}
  WHERE id = $1 AND state = 'uploading' RETURNING id`;

const accept = transition({
  step: 'accept',
  where: 'id = $1',
  set: 'source_bytes = $2, source_sha256 = $3, request_id = $4, due_at = now(), called_at = now()',
  bell: 'video_uploaded',
});

const accepted = selectWithBell('video_uploaded', 'jobs.id = $1 AND source_sha256 = $2');

/** Jobs from their first byte until they wait for a worker. */
export function createJobIntake(pool: Pool, retention: Retention = defaultRetention): JobIntake {
  const abort = transition({
    step: 'abort',
    where: 'id = $1',
    error: '$2',
    set: expiry(retention),
    discard: [{ bucket: 'videos', fileId: 'source_file_id', notBefore: 'now()' }],
  });
  return {
    open: (job) => openJob(pool, job),
    renew: async (id, leaseSeconds) => (await pool.query(renew, [id, leaseSeconds])).length > 0,
    async accept(id, { bytes, sha256 }, requestId) {
      const [row] = await pool.query<JobRow & BellRow>(accept, [id, bytes, sha256, requestId]);
      const [found] = row ? [row] : await pool.query<JobRow & BellRow>(accepted, [id, sha256]);
      if (!found) throw new AppError('conflict', 'This upload was given up. Send the video again.');
      return { job: toJob(found), bell: toBell(found) };
    },
    async abort(id, error) {
      await pool.query(abort, [id, error]);
    },
  };
}

async function openJob(pool: Pool, job: NewJob): Promise<void> {
  const opened = await pool.transaction(async (queries) => {
    const owners = await queries.query(lockOwner, [job.ownerId]);
    if (owners.length === 0) throw new AppError('unauthorized', 'This account does not exist.');
    return queries.query(open, [
      job.id,
      job.ownerId,
      job.sourceFileId,
      job.sourceName,
      job.options,
      job.leaseSeconds,
      job.maxActive,
      job.requestId,
    ]);
  });
  if (opened.length === 0) throw new AppError('too_many_jobs');
}
