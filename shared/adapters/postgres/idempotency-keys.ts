import type { Pool } from '#shared/adapters/postgres/pool';
import { seconds } from '#shared/adapters/postgres/transition';
import type { IdempotencyKeys } from '#shared/core/ports';

/** How long a key is kept. */
export const keySeconds = 86_400;
/** A request that died before it opened its job gives its key back after this. */
const ABANDONED_SECONDS = 60;

// A key is free again when it is too old, or when nothing came of its upload.
const begin = `INSERT INTO idempotency_keys AS known (owner_id, key, job_id)
  SELECT id, $2, $3 FROM users WHERE id = $1
  ON CONFLICT (owner_id, key) DO UPDATE
  SET job_id = excluded.job_id, fingerprint = NULL, created_at = now()
  WHERE known.created_at <= now() - ${seconds(keySeconds)}
    OR known.fingerprint IS NULL AND coalesce(
      (SELECT source_sha256 IS NULL AND due_at IS NULL FROM jobs WHERE id = known.job_id),
      known.created_at <= now() - ${seconds(ABANDONED_SECONDS)})
  RETURNING key`;

// Where the video is stored and the answer was not written down, its hash is the fingerprint.
const look = `SELECT job_id AS "jobId", coalesce(fingerprint, source_sha256) AS fingerprint
  FROM idempotency_keys LEFT JOIN jobs ON jobs.id = job_id
  WHERE idempotency_keys.owner_id = $1 AND key = $2`;

const complete = 'UPDATE idempotency_keys SET fingerprint = $3 WHERE owner_id = $1 AND key = $2';

const release = 'DELETE FROM idempotency_keys WHERE owner_id = $1 AND key = $2';

/** Keys of requests that must not happen twice. */
export function createIdempotencyKeys(pool: Pool): IdempotencyKeys {
  return {
    async begin(ownerId, key, jobId) {
      const fresh = await pool.query(begin, [ownerId, key, jobId]);
      if (fresh.length > 0) return { outcome: 'fresh' };
      const [known] = await pool.query<{ jobId: string; fingerprint: string | null }>(look, [
        ownerId,
        key,
      ]);
      if (!known || known.fingerprint === null) return { outcome: 'in_progress' };
      return { outcome: 'answered', jobId: known.jobId, fingerprint: known.fingerprint };
    },
    async complete(ownerId, key, fingerprint) {
      await pool.query(complete, [ownerId, key, fingerprint]);
    },
    async release(ownerId, key) {
      await pool.query(release, [ownerId, key]);
    },
  };
}
