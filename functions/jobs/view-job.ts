import type { JobView } from '#shared/contracts/jobs';
import { estimate } from '#shared/core/estimate';
import type { Job } from '#shared/core/job';
import { jobView } from '#shared/core/job-view';
import type { JobOutlooks } from '#shared/core/ports';

/** The job with an estimate of its end, which only a job that waits or runs has. */
export async function viewJob(outlooks: JobOutlooks, job: Job): Promise<JobView> {
  const isAhead = job.state === 'queued' || job.state === 'running';
  return jobView(job, estimate(job, isAhead ? await outlooks.find(job.id) : undefined));
}
