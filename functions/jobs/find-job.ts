import { AppError } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import type { JobShelf } from '#shared/core/ports';

/**
 * The person's job. Another person's, an absent and a malformed id are the same `not_found`
 * (security.md 31).
 */
export async function findJob(
  shelf: Pick<JobShelf, 'find'>,
  ownerId: string,
  id: string,
): Promise<Job> {
  const job = await shelf.find(ownerId, id);
  if (job === undefined) throw new AppError('not_found');
  return job;
}
