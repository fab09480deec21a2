import type { JobChanges, JobShelf } from '#shared/core/ports';
import { isActive } from '#shared/core/jobs';
import { cancelJob, expireJob, later, may, move, ring } from '#shared/testing/store-rows.fake';
import type { JobRow, Rows } from '#shared/testing/store-rows.fake';

/** The fake of JobShelf. */
export function fakeJobShelf(rows: Rows): JobShelf {
  const own = (ownerId: string, id: string): JobRow | undefined => {
    const row = rows.jobs.get(id);
    return row?.job.ownerId === ownerId && !row.hidden ? row : undefined;
  };
  return {
    find: (ownerId, id) => later(() => own(ownerId, id)?.job),
    list: (ownerId, { before, limit }) =>
      later(() =>
        [...rows.jobs.values()]
          .filter(({ job, hidden }) => job.ownerId === ownerId && !hidden)
          .map(({ job }) => job)
          .filter(({ id }) => before === undefined || id < before)
          .sort((one, other) => (one.id < other.id ? 1 : -1))
          .slice(0, limit),
      ),
    cancel: (ownerId, id) =>
      later(() => {
        const row = own(ownerId, id);
        if (!row || !may(row, 'cancel')) return undefined;
        cancelJob(rows, row);
        return row.job;
      }),
    retry: (ownerId, id, requestId) =>
      later(() => {
        const row = own(ownerId, id);
        if (!row || !may(row, 'retry')) return undefined;
        row.requestId = requestId;
        row.dueAt = row.calledAt = rows.now();
        const round = row.job.round + 1;
        const fresh = { round, attempt: 0, progress: 0, error: undefined, expiresAt: undefined };
        move(rows, row, 'retry', fresh);
        return { job: row.job, bell: ring(rows, row, 'video_uploaded') };
      }),
    noteDamage: (ownerId, id, error) =>
      later(() => {
        const row = own(ownerId, id);
        if (row && may(row, 'damage') && !row.job.error) move(rows, row, 'damage', { error });
      }),
    remove: (ownerId, id) =>
      later(() => {
        const row = own(ownerId, id);
        if (!row || isActive(row.job.state)) return false;
        if (may(row, 'expire')) expireJob(rows, row);
        row.hidden = true;
        return true;
      }),
  };
}

/** The fake of JobChanges: calls back right after the change. */
export function fakeJobChanges({ listeners }: Rows): JobChanges {
  return {
    subscribe: (jobId, onChange) =>
      later(() => {
        const own = () => {
          onChange();
        };
        const all = listeners.get(jobId) ?? new Set();
        listeners.set(jobId, all.add(own));
        return () => void all.delete(own);
      }),
  };
}
