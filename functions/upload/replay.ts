import { createHash } from 'node:crypto';
import { AppError } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import { optionsView } from '#shared/core/options';
import type { JobShelf } from '#shared/core/ports';
import { atMost } from './at-most.ts';
import type { UploadLimits } from './take-in.ts';
import type { Video } from './video.ts';

export interface ReplayDeps {
  readonly shelf: Pick<JobShelf, 'find'>;
  readonly limits: UploadLimits;
}

/** What the Idempotency-Key stands for; `fingerprint` is the hash of the video. */
export interface Answered {
  readonly ownerId: string;
  readonly jobId: string;
  readonly fingerprint: string;
}

/**
 * Answers a request that was answered before: hashes the video without storing it and gives the
 * job it became. Rejects with `idempotency_mismatch` when video, name or options are others.
 */
export function replay({ shelf, limits }: ReplayDeps) {
  return async ({ ownerId, jobId, fingerprint }: Answered, video: Video): Promise<Job> => {
    const sha256 = await hashOf(atMost(video.bytes, limits.maxBytes));
    const job = await shelf.find(ownerId, jobId);
    if (job === undefined) {
      throw new AppError('conflict', 'The job of this Idempotency-Key was deleted. Use a new key.');
    }
    if (sha256 !== fingerprint || !isSameOrder(job, video)) {
      throw new AppError('idempotency_mismatch');
    }
    return job;
  };
}

function isSameOrder({ source, options }: Job, video: Video): boolean {
  return (
    source.name === video.name &&
    JSON.stringify(optionsView(options)) === JSON.stringify(optionsView(video.options))
  );
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece);
  return hash.digest('hex');
}
