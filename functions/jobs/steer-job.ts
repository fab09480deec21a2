import type { JobView } from '#shared/contracts/jobs';
import { AppError } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import { jobView } from '#shared/core/job-view';
import { isActive } from '#shared/core/jobs';
import type { JobShelf, PendingBell } from '#shared/core/ports';
import { findJob } from './find-job.ts';
import { viewJob, type ViewDeps } from './view-job.ts';

export interface ShowDeps extends ViewDeps {
  readonly shelf: Pick<JobShelf, 'find'>;
}

/** One job as it is now, and when it is likely over. */
export function showJob(deps: ShowDeps) {
  return async (ownerId: string, id: string): Promise<JobView> =>
    viewJob(deps, await findJob(deps.shelf, ownerId, id));
}

/**
 * Stops a job that waits or runs; a running ffmpeg is reached within seconds. Asked again, when the
 * answer was lost, it answers the same.
 */
export function cancelJob({ shelf }: { readonly shelf: Pick<JobShelf, 'find' | 'cancel'> }) {
  return async (ownerId: string, id: string): Promise<JobView> => {
    const job = (await shelf.cancel(ownerId, id)) ?? (await findJob(shelf, ownerId, id));
    return job.state === 'cancelled' ? jobView(job) : refuse(job, 'cancelled');
  };
}

export interface RetryDeps {
  readonly shelf: Pick<JobShelf, 'find' | 'retry'>;
  /** Never rejects: what does not ring is rung by the sweep. */
  ring(bells: readonly PendingBell[]): Promise<unknown>;
  /** Goes on after the answer, within reach of a shutdown. */
  inBackground(work: () => Promise<unknown>): void;
}

/**
 * Queues a failed or cancelled job once more, with fresh attempts. Asked again while that is under
 * way, it answers the job as it is now.
 */
export function retryJob(deps: RetryDeps) {
  return async (ownerId: string, id: string, requestId: string): Promise<JobView> => {
    const retried = await deps.shelf.retry(ownerId, id, requestId);
    if (retried !== undefined) {
      deps.inBackground(() => deps.ring([retried.bell]));
      return jobView(retried.job);
    }
    const job = await findJob(deps.shelf, ownerId, id);
    return isActive(job.state) && job.round > 1 ? jobView(job) : refuse(job, 'tried again');
  };
}

/** Forgets a job that is over: it is hidden at once, its files are deleted by the sweep. */
export function deleteJob({ shelf }: { readonly shelf: Pick<JobShelf, 'find' | 'remove'> }) {
  return async (ownerId: string, id: string): Promise<void> => {
    if (!(await shelf.remove(ownerId, id))) refuse(await findJob(shelf, ownerId, id), 'deleted');
  };
}

function refuse({ state }: Job, done: string): never {
  throw new AppError('conflict', `This job is ${state} and cannot be ${done}.`);
}
