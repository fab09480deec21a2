import type { JobListQuery, JobPage } from '#shared/contracts/jobs';
import { jobView } from '#shared/core/job-view';
import type { JobShelf } from '#shared/core/ports';

/** One page of the person's jobs, newest first; a cursor is the last id of the page before. */
export function listJobs({ shelf }: { readonly shelf: Pick<JobShelf, 'list'> }) {
  return async (ownerId: string, { limit, cursor }: JobListQuery): Promise<JobPage> => {
    // One more than asked for tells whether a page follows.
    const found = await shelf.list(ownerId, { before: cursor, limit: limit + 1 });
    const jobs = found.slice(0, limit);
    const last = jobs.at(-1);
    const next = found.length > limit && last ? last.id : null;
    return { jobs: jobs.map((job) => jobView(job)), next };
  };
}
