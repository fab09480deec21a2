import type { JobTraces } from '#shared/core/timeline';
import { later } from '#shared/testing/store-rows.fake';
import type { Rows } from '#shared/testing/store-rows.fake';

/** The fake of JobTraces. */
export function fakeJobTraces(rows: Rows): JobTraces {
  return {
    find: (ownerId, id) =>
      later(() => {
        const row = rows.jobs.get(id);
        if (row?.job.ownerId !== ownerId || row.hidden) return undefined;
        return {
          id,
          requestId: row.requestId,
          createdAt: row.job.createdAt,
          history: row.history.map(({ at, from, step, attempt, code }) => {
            return { at: new Date(at), from, step, attempt, code };
          }),
          bells: rows.bells.flatMap(({ event, rungAt }) =>
            event.jobId === id && rungAt !== undefined
              ? [{ topic: event.type, rungAt: new Date(rungAt) }]
              : [],
          ),
          mails: rows.mails
            .filter(({ jobId }) => jobId === id)
            .map(({ kind, state, attempt, updatedAt }) => {
              return { kind, state, attempt, updatedAt: new Date(updatedAt) };
            }),
        };
      }),
  };
}
