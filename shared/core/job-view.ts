import type { JobView } from '#shared/contracts/jobs';
import { remedy } from '#shared/core/errors';
import { noEstimate } from '#shared/core/estimate';
import type { Estimate } from '#shared/core/estimate';
import type { Job, JobError, JobResult, Receipt } from '#shared/core/job';
import { optionsView } from '#shared/core/options';

/**
 * A job as its owner sees it: no owner, no place of storage; a result only while it is kept, and an
 * estimate only where one was asked for.
 */
export function jobView(job: Job, estimate: Estimate = noEstimate): JobView {
  const isDone = job.state === 'done';
  return {
    id: job.id,
    state: job.state,
    source: {
      name: job.source.name,
      bytes: job.source.bytes ?? null,
      sha256: job.source.sha256 ?? null,
    },
    options: optionsView(job.options),
    attempt: job.attempt,
    progress: job.progress,
    estimatedSecondsLeft: estimate.secondsLeft,
    queue: estimate.ahead === null ? null : { ahead: estimate.ahead },
    result: isDone && job.result ? resultView(job.id, job.result) : null,
    receipt: isDone && job.receipt ? receiptView(job.receipt) : null,
    error: job.error ? errorView(job.error) : null,
    createdAt: job.createdAt.toISOString(),
    updatedAt: job.updatedAt.toISOString(),
    expiresAt: job.expiresAt?.toISOString() ?? null,
  };
}

function resultView(jobId: string, { bytes, sha256, durationSeconds, degraded }: JobResult) {
  const href = `/function/download/${jobId}`;
  return { bytes, sha256, durationSeconds, degraded: degraded ?? null, href };
}

function errorView({ code, message }: JobError) {
  return { code, message, remedy: remedy[code] };
}

function receiptView(receipt: Receipt): JobView['receipt'] {
  return {
    ...receipt,
    container: receipt.container ?? null,
    tracks: [...(receipt.tracks ?? [])],
    track: receipt.track ?? null,
    isCopied: receipt.isCopied ?? null,
    segments: receipt.segments ?? null,
    resumedSegments: receipt.resumedSegments ?? null,
    loudness: receipt.loudness ?? null,
    warnings: [...(receipt.warnings ?? [])],
    options: receipt.options ?? null,
    sha256: receipt.sha256 ?? null,
  };
}
