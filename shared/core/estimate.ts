import type { Job } from '#shared/core/job';

/** What the end of a job that waits or runs is estimated from, all of one moment. */
export interface Outlook {
  /** Jobs that ended lately, each within one attempt: their videos, and how long they took. */
  readonly recent: { readonly bytes: number; readonly seconds: number };
  /** Since it could have started, or since its lease ended; 0 where that is still to come. */
  readonly overdueSeconds: number;
  /** Where it runs. */
  readonly attempt?: {
    readonly elapsedSeconds: number;
    /** Whether an attempt before this one may have done a part of the work. */
    readonly isFirst: boolean;
  };
  /** Where it waits. */
  readonly queue?: {
    readonly ahead: number;
    /** Of the videos ahead, and of what the running jobs still have before them. */
    readonly bytesAhead: number;
    /** Jobs that run now. */
    readonly running: number;
    /** Until it may start at all. */
    readonly dueInSeconds: number;
  };
}

/** When a job ends, and how many are before it; null where that cannot be told. */
export interface Estimate {
  readonly secondsLeft: number | null;
  readonly ahead: number | null;
}

/** Of a job that neither waits nor runs, or was not asked about. */
export const noEstimate: Estimate = { secondsLeft: null, ahead: null };

/**
 * How much of the sound, as a share, the recent jobs count for: at the start of a job they are all
 * there is, and they keep the first figures from jumping.
 */
const priorShare = 0.05;
/** Without recent jobs: from here on the speed of the job itself says something. */
const tellingShare = 0.02;

/**
 * When the job ends. While it runs: from its own speed since the claim, steadied by that of recent
 * jobs. While it waits: the work ahead at the speed of recent jobs, shared by the jobs that run,
 * and then its own. Sizes stand for work, so this is a hint for a person and nothing to decide by.
 */
export function estimate(job: Job, outlook: Outlook | undefined): Estimate {
  if (outlook === undefined) return noEstimate;
  const { attempt, queue, recent } = outlook;
  const pace = recent.bytes > 0 ? recent.seconds / recent.bytes : undefined;
  const whole = pace === undefined ? undefined : pace * (job.source.bytes ?? 0);
  if (job.state === 'running' && attempt) {
    return { secondsLeft: rounded(secondsToRun(job.progress, attempt, whole)), ahead: null };
  }
  if (job.state !== 'queued' || !queue) return noEstimate;
  if (pace === undefined || whole === undefined) return { secondsLeft: null, ahead: queue.ahead };
  const seconds = secondsToWait(queue, pace) + whole;
  return { secondsLeft: rounded(seconds), ahead: queue.ahead };
}

function secondsToRun(
  progress: number,
  { elapsedSeconds, isFirst }: NonNullable<Outlook['attempt']>,
  whole: number | undefined,
): number | undefined {
  const left = 1 - progress;
  // Behind a checkpoint the share is not the work of this attempt alone.
  if (!isFirst) return whole === undefined ? undefined : left * whole;
  if (whole !== undefined) {
    return (left * (elapsedSeconds + priorShare * whole)) / (progress + priorShare);
  }
  return progress < tellingShare ? undefined : (left * elapsedSeconds) / progress;
}

function secondsToWait(
  { bytesAhead, running, dueInSeconds }: NonNullable<Outlook['queue']>,
  pace: number,
): number {
  return Math.max(dueInSeconds, (bytesAhead * pace) / Math.max(1, running));
}

/** Whole seconds: nobody believes more. */
function rounded(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.ceil(seconds);
}
