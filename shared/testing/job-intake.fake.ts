import { AppError } from '#shared/core/errors';
import { isActive } from '#shared/core/jobs';
import type { JobIntake, NewJob } from '#shared/core/ports';
import { abortUpload, lastBell, later, may, move, ring } from '#shared/testing/store-rows.fake';
import type { Rows } from '#shared/testing/store-rows.fake';

/** The fake of JobIntake. */
export function fakeJobIntake(rows: Rows): JobIntake {
  return {
    open: (job) => later(() => open(rows, job)),
    renew: (id, leaseSeconds) =>
      later(() => {
        const row = rows.jobs.get(id);
        if (row?.job.state !== 'uploading') return false;
        row.dueAt = rows.now() + leaseSeconds * 1_000;
        row.uploadSeconds = (row.dueAt - row.job.createdAt.getTime()) / 1_000;
        return true;
      }),
    accept: (id, { bytes, sha256 }, requestId) =>
      later(() => {
        const row = rows.jobs.get(id);
        if (row && may(row, 'accept')) {
          row.requestId = requestId;
          row.dueAt = row.calledAt = rows.now();
          move(rows, row, 'accept', { source: { ...row.job.source, bytes, sha256 } });
          return { job: row.job, bell: ring(rows, row, 'video_uploaded') };
        }
        const bell = lastBell(rows, id, 'video_uploaded');
        if (row?.job.source.sha256 !== sha256 || !bell) {
          throw new AppError('conflict', 'This upload was given up. Send the video again.');
        }
        return { job: row.job, bell };
      }),
    abort: (id, error) =>
      later(() => {
        const row = rows.jobs.get(id);
        if (row && may(row, 'abort')) abortUpload(rows, row, error, 0);
      }),
  };
}

function open(rows: Rows, job: NewJob): void {
  if (!rows.users.has(job.ownerId)) {
    throw new AppError('unauthorized', 'This account does not exist.');
  }
  const active = [...rows.jobs.values()].filter(
    (row) => row.job.ownerId === job.ownerId && isActive(row.job.state),
  );
  if (active.length >= job.maxActive) throw new AppError('too_many_jobs');
  const at = new Date(rows.now());
  rows.jobs.set(job.id, {
    job: {
      id: job.id,
      ownerId: job.ownerId,
      state: 'uploading',
      source: {
        fileId: job.sourceFileId,
        name: job.sourceName,
        bytes: undefined,
        sha256: undefined,
      },
      options: job.options,
      round: 1,
      attempt: 0,
      progress: 0,
      result: undefined,
      receipt: undefined,
      error: undefined,
      createdAt: at,
      updatedAt: at,
      expiresAt: undefined,
    },
    hidden: false,
    requestId: job.requestId,
    dueAt: at.getTime() + job.leaseSeconds * 1_000,
    calledAt: undefined,
    uploadSeconds: job.leaseSeconds,
    token: 0,
    worker: undefined,
    leaseSeconds: 0,
    outputFileId: undefined,
    checkpoint: undefined,
    history: [],
  });
}
