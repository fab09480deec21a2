import { isActive } from '#shared/core/jobs';
import type { IdempotencyKeys, IdempotencyState } from '#shared/core/ports';
import { later } from '#shared/testing/store-rows.fake';
import type { KeyRow, Rows } from '#shared/testing/store-rows.fake';

const DAY_MS = 86_400_000;
const ABANDONED_MS = 60_000;

/** The fake of IdempotencyKeys. */
export function fakeIdempotencyKeys(rows: Rows): IdempotencyKeys {
  const name = (ownerId: string, key: string) => `${ownerId}/${key}`;
  return {
    begin: (ownerId, key, jobId) =>
      later((): IdempotencyState => {
        const known = rows.keys.get(name(ownerId, key));
        if (!known || isFree(rows, known)) {
          const fresh = { ownerId, jobId, fingerprint: undefined, createdAt: rows.now() };
          rows.keys.set(name(ownerId, key), fresh);
          return { outcome: 'fresh' };
        }
        const fingerprint = known.fingerprint ?? rows.jobs.get(known.jobId)?.job.source.sha256;
        return fingerprint === undefined
          ? { outcome: 'in_progress' }
          : { outcome: 'answered', jobId: known.jobId, fingerprint };
      }),
    complete: (ownerId, key, fingerprint) =>
      later(() => {
        const known = rows.keys.get(name(ownerId, key));
        if (known) rows.keys.set(name(ownerId, key), { ...known, fingerprint });
      }),
    release: (ownerId, key) => later(() => void rows.keys.delete(name(ownerId, key))),
  };
}

/** Too old, or its upload came to nothing. */
function isFree(rows: Rows, { jobId, fingerprint, createdAt }: KeyRow): boolean {
  if (createdAt <= rows.now() - DAY_MS) return true;
  if (fingerprint !== undefined) return false;
  const job = rows.jobs.get(jobId)?.job;
  if (!job) return createdAt <= rows.now() - ABANDONED_MS;
  return job.source.sha256 === undefined && !isActive(job.state);
}
