import { failuresOf, keepsCheckpoint, mostAttempts } from '#shared/core/jobs';
import type { JobClaims, Lease } from '#shared/core/ports';
import {
  changed,
  discard,
  discardOutput,
  expiry,
  failJob,
  lastBell,
  later,
  mail,
  may,
  move,
  replaceCheckpoint,
  ring,
} from '#shared/testing/store-rows.fake';
import type { JobRow, Rows } from '#shared/testing/store-rows.fake';

/** The fake of JobClaims. */
export function fakeJobClaims(rows: Rows): JobClaims {
  const held = ({ jobId, token, outputFileId }: Lease): JobRow | undefined => {
    const row = rows.jobs.get(jobId);
    return row?.token === token && row.outputFileId === outputFileId ? row : undefined;
  };
  const running = (lease: Lease): JobRow | undefined => {
    const row = held(lease);
    return row?.job.state === 'running' ? row : undefined;
  };
  return {
    claim: (request) =>
      later(() => {
        const claimed = [...rows.jobs.values()].find(
          (row) => row.outputFileId === request.outputFileId,
        );
        const row = claimed ?? longestWaiting(rows);
        if (!row) return undefined;
        if (!claimed) take(rows, row, request);
        const { outputFileId } = request;
        const lease = { jobId: row.job.id, token: row.token, outputFileId };
        const { job, checkpoint, requestId } = row;
        return { job, lease, failures: failuresOf(row.history), checkpoint, requestId };
      }),
    heartbeat: (lease, leaseSeconds, progress, checkpoint) =>
      later(() => {
        const row = running(lease);
        if (!row) return false;
        row.dueAt = rows.now() + leaseSeconds * 1_000;
        row.leaseSeconds = leaseSeconds;
        if (checkpoint) replaceCheckpoint(rows, row, checkpoint);
        const isNews = progress !== row.job.progress;
        row.job = { ...row.job, progress, updatedAt: new Date(rows.now()) };
        if (isNews) changed(rows, row.job.id);
        return true;
      }),
    publish: (lease, result, receipt) =>
      later(() => {
        const row = held(lease);
        if (!row) return undefined;
        if (!may(row, 'publish')) return repeated(rows, lease, 'conversion_completed');
        const done = { result, receipt, error: undefined, progress: 1, expiresAt: expiry(rows) };
        discard(rows, 'videos', row.job.source.fileId, rows.retention.sourceSeconds);
        replaceCheckpoint(rows, row);
        move(rows, row, 'publish', done);
        mail(rows, row, 'conversion_completed');
        return { bell: ring(rows, row, 'conversion_completed') };
      }),
    fail: (lease, error) =>
      later(() => {
        const row = running(lease);
        if (row) return { bell: failJob(rows, row, error, 'own') };
        const over = rows.jobs.get(lease.jobId);
        return over?.job.state === 'failed' && over.token === lease.token
          ? repeated(rows, lease, 'conversion_failed')
          : undefined;
      }),
    postpone: (lease, error, delayMs) =>
      later(() => {
        const row = running(lease);
        if (!row) return false;
        if (!keepsCheckpoint(error.code)) replaceCheckpoint(rows, row);
        discardOutput(rows, row, 'own');
        row.dueAt = rows.now() + delayMs;
        move(rows, row, 'postpone', { error, progress: progressAt(row) });
        return true;
      }),
    giveBack: (lease) =>
      later(() => {
        const row = running(lease);
        if (!row) return undefined;
        discardOutput(rows, row, 'own');
        row.dueAt = rows.now();
        move(rows, row, 'give_back', {
          attempt: row.job.attempt - 1,
          progress: progressAt(row),
        });
        return { bell: ring(rows, row, 'video_uploaded') };
      }),
  };
}

function longestWaiting(rows: Rows): JobRow | undefined {
  return [...rows.jobs.values()]
    .filter((row) => may(row, 'claim') && row.dueAt <= rows.now() && row.job.attempt < mostAttempts)
    .sort((one, other) => one.dueAt - other.dueAt)[0];
}

function take(rows: Rows, row: JobRow, request: Parameters<JobClaims['claim']>[0]): void {
  discardOutput(rows, row, 'lost');
  row.token += 1;
  row.worker = request.worker;
  row.leaseSeconds = request.leaseSeconds;
  row.dueAt = rows.now() + request.leaseSeconds * 1_000;
  row.calledAt = undefined;
  row.outputFileId = request.outputFileId;
  move(rows, row, 'claim', { attempt: row.job.attempt + 1, progress: progressAt(row) });
}

function progressAt({ checkpoint }: JobRow): number {
  return checkpoint?.progress ?? 0;
}

function repeated(
  rows: Rows,
  { jobId }: Lease,
  topic: 'conversion_completed' | 'conversion_failed',
) {
  const bell = lastBell(rows, jobId, topic);
  return bell && { bell };
}
