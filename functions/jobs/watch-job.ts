import type { JobView } from '#shared/contracts/jobs';
import { isActive } from '#shared/core/jobs';
import type { JobChanges, JobShelf } from '#shared/core/ports';
import { createAlarm } from './alarm.ts';
import { findJob } from './find-job.ts';
import { viewJob, type ViewDeps } from './view-job.ts';

/** Milliseconds. */
export interface WatchTimes {
  /** At least so long between two events: changes in between become one. */
  readonly pauseMs: number;
  /** Without a change for so long, the job is read all the same: a notice can be lost. */
  readonly beatMs: number;
  /** Then the stream ends by itself; a client that still wants to know connects again. */
  readonly longestMs: number;
}

/**
 * At most 4 events a second, a sign of life every 15 s. The whole ends below the 60 s after which
 * a stock gateway cuts a response off, which nobody could tell from an end.
 */
export const watchTimes: WatchTimes = { pauseMs: 250, beatMs: 15_000, longestMs: 50_000 };

export interface WatchDeps extends ViewDeps {
  readonly shelf: Pick<JobShelf, 'find'>;
  readonly changes: JobChanges;
  readonly times: WatchTimes;
}

/** What a watcher gets: the job when it is another than before, else a sign of life. */
export type Notice = JobView | 'unchanged';

/**
 * The present state of a job and then each change, until it is over, deleted, or nobody listens.
 * Rejects with `not_found` before the first notice. The subscription ends with the stream.
 */
export function watchJob(deps: WatchDeps) {
  return async (
    ownerId: string,
    id: string,
    client: AbortSignal,
  ): Promise<AsyncGenerator<Notice, void, undefined>> => {
    await findJob(deps.shelf, ownerId, id);
    return notices(deps, ownerId, id, client);
  };
}

async function* notices(
  { shelf, changes, times, ...viewing }: WatchDeps,
  ownerId: string,
  id: string,
  client: AbortSignal,
): AsyncGenerator<Notice, void, undefined> {
  const alarm = createAlarm(client);
  const end = Date.now() + times.longestMs;
  let shown = '';
  // Before the first look, so that no change falls between the two.
  const unsubscribe = await changes.subscribe(id, alarm.ring);
  try {
    while (!client.aborted && Date.now() < end) {
      const job = await shelf.find(ownerId, id);
      if (job === undefined) return;
      const view = await viewJob(viewing, job);
      const isNew = JSON.stringify(view) !== shown;
      shown = JSON.stringify(view);
      yield isNew ? view : 'unchanged';
      if (!isActive(job.state)) return;
      await alarm.rung(Math.min(times.beatMs, end - Date.now()));
      await alarm.pause(times.pauseMs);
    }
  } finally {
    unsubscribe();
    alarm.end();
  }
}
