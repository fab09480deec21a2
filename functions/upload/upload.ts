import type { JobView } from '#shared/contracts/jobs';
import { AppError } from '#shared/core/errors';
import { fileLabel } from '#shared/core/file-name';
import type { Job } from '#shared/core/job';
import { jobView } from '#shared/core/job-view';
import { assertPossible } from '#shared/core/options';
import type { IdempotencyKeys, NewId, RateLimiter } from '#shared/core/ports';
import { replay, type ReplayDeps } from './replay.ts';
import type { Slots } from './slots.ts';
import { takeIn, type TakeInDeps } from './take-in.ts';
import { uploadSignal } from './upload-signal.ts';
import type { Video } from './video.ts';

/** Who uploads, and how the video is received. */
export interface UploadRequest {
  readonly ownerId: string;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  /** Bytes of the video, where the client told them. */
  readonly toldBytes: number | undefined;
  /** Aborts when the client is gone. */
  readonly client: AbortSignal;
  /** Reads the request up to the first byte of the video. `signal` ends it, also after success. */
  receive(signal: AbortSignal): Promise<Video>;
}

export interface UploadDeps extends TakeInDeps, ReplayDeps {
  readonly limiter: Pick<RateLimiter, 'take'>;
  readonly slots: Slots;
  readonly keys: IdempotencyKeys;
  readonly newId: NewId;
}

/**
 * One request, one job: find a free slot, limit, receive, check the options, look up its
 * Idempotency-Key, take the video in. Rejects with the codes of shared/core/errors.ts; whatever
 * goes wrong after the job was opened also aborts the job, with the same code.
 */
export function upload(deps: UploadDeps) {
  return async (request: UploadRequest): Promise<JobView> => {
    // Before anything is asked of a store: a thousand at once must not queue up there.
    const free = deps.slots.take(request.ownerId);
    const over = uploadSignal(deps.limits.uploadSeconds, request.client);
    try {
      await deps.limiter.take(request.ownerId);
      const video = await request.receive(over.signal);
      assertPossible(video.options);
      const named = { ...video, name: fileLabel(video.name) };
      return jobView(await takeInOnce(deps, request, named, over.signal));
    } finally {
      over.end();
      free();
    }
  };
}

async function takeInOnce(
  deps: UploadDeps,
  request: UploadRequest,
  video: Video,
  signal: AbortSignal,
): Promise<Job> {
  const { ownerId, idempotencyKey: key } = request;
  const jobId = deps.newId();
  if (key === undefined) return takeIn(deps)({ ...request, jobId, signal }, video);
  const known = await deps.keys.begin(ownerId, key, jobId);
  switch (known.outcome) {
    case 'fresh':
      return takeIn(deps)({ ...request, jobId, signal }, video);
    case 'answered':
      return replay(deps)({ ownerId, ...known }, video);
    case 'in_progress': {
      const message = 'A request with this Idempotency-Key is under way.';
      throw new AppError('conflict', message, { retryAfterSeconds: 5 });
    }
  }
}
