import type { JobView } from '#shared/contracts/jobs';
import { estimate } from '#shared/core/estimate';
import type { Job } from '#shared/core/job';
import { jobView } from '#shared/core/job-view';
import type { JobOutlooks } from '#shared/core/ports';
import { isLate } from '#shared/core/small-sweep';

export interface ViewDeps {
  readonly outlooks: JobOutlooks;
  /** Sees to whatever is late, in the background. */
  readonly hurry: () => void;
}

/**
 * The job with an estimate of its end, which only a job that waits or runs has. One that should be
 * further by now is seen to: whoever looks at it may be the only one left who does.
 */
export async function viewJob({ outlooks, hurry }: ViewDeps, job: Job): Promise<JobView> {
  const isAhead = job.state === 'queued' || job.state === 'running';
  const outlook = isAhead ? await outlooks.find(job.id) : undefined;
  if (outlook && isLate(job.state, outlook)) hurry();
  return jobView(job, estimate(job, outlook));
}
