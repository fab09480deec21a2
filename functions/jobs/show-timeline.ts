import type { Timeline } from '#shared/contracts/timeline';
import { AppError } from '#shared/core/errors';
import { timeline, type JobTraces } from '#shared/core/timeline';

/** What happened to a person's job and when. What is not theirs is `not_found` (security.md 31). */
export function showTimeline({ traces }: { readonly traces: JobTraces }) {
  return async (ownerId: string, id: string): Promise<Timeline> => {
    const trace = await traces.find(ownerId, id);
    if (trace === undefined) throw new AppError('not_found');
    return timeline(trace);
  };
}
