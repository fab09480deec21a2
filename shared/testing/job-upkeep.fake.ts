import type { BellEvent, Topic } from '#shared/contracts/events';
import { sentence } from '#shared/core/errors';
import type { ErrorCode } from '#shared/core/errors';
import type { JobError } from '#shared/core/job';
import { mostAttempts } from '#shared/core/jobs';
import type { Bucket, JobUpkeep, Outbox, SweepLimits } from '#shared/core/ports';
import {
  abortUpload,
  bellEvent,
  expireJob,
  failJob,
  later,
  may,
} from '#shared/testing/store-rows.fake';
import type { JobRow, MailRow, Rows } from '#shared/testing/store-rows.fake';

const DAY = 86_400;

/** The fake of JobUpkeep. */
export function fakeJobUpkeep(rows: Rows): JobUpkeep {
  const agoMs = (seconds: number) => rows.now() - seconds * 1_000;
  const due = (row: JobRow) => row.dueAt <= rows.now();
  const unheardFor = (row: JobRow | MailRow, seconds: number) =>
    row.calledAt === undefined || row.calledAt <= agoMs(seconds);
  const pick = ({ maxRows }: SweepLimits, wanted: (row: JobRow) => boolean) =>
    [...rows.jobs.values()].filter(wanted).slice(0, maxRows);
  const claimable = (row: JobRow) => may(row, 'claim') && due(row);
  return {
    unrung: (olderThanSeconds, { maxRows }) =>
      later(() =>
        rows.bells
          .filter((bell) => bell.rungAt === undefined && bell.createdAt <= agoMs(olderThanSeconds))
          .slice(0, maxRows)
          .map(({ outboxId, event }) => ({ outboxId, event })),
      ),
    unheard: (seconds, limits) =>
      later(() =>
        pick(
          limits,
          (row) => claimable(row) && row.job.attempt < mostAttempts && unheardFor(row, seconds),
        ).map((row): BellEvent => {
          row.calledAt = rows.now();
          return bellEvent('video_uploaded', row.job.id, row.requestId);
        }),
      ),
    failExhausted: (limits) =>
      later(() =>
        pick(limits, (row) => claimable(row) && row.job.attempt >= mostAttempts).map((row) =>
          failJob(rows, row, errorOf('internal'), 'lost'),
        ),
      ),
    abortStaleUploads: (limits) =>
      later(() => {
        const stale = pick(limits, (row) => may(row, 'abort') && due(row));
        for (const row of stale)
          abortUpload(rows, row, errorOf('upload_timeout'), row.uploadSeconds);
        return stale.length;
      }),
    dueMails: (seconds, { maxRows }) =>
      later(() => {
        const due = rows.mails
          .filter((mail) => mail.state === 'due' && mail.dueAt <= rows.now())
          .filter((mail) => unheardFor(mail, seconds))
          .slice(0, maxRows);
        for (const mail of due) mail.calledAt = rows.now();
        const byTopic = new Map(due.map((mail) => [topicOf(mail), mail]));
        return [...byTopic].map(([topic, mail]) =>
          bellEvent(topic, mail.jobId ?? mail.id, mail.requestId),
        );
      }),
    late: (seconds) =>
      later(() => {
        const jobs = pick(
          { maxRows: 1 },
          (row) =>
            claimable(row) &&
            row.job.attempt < mostAttempts &&
            (row.job.state === 'running' || row.dueAt <= agoMs(seconds)),
        ).map((row) => bellEvent('video_uploaded', row.job.id, row.requestId));
        const mails = rows.mails
          .filter((mail) => mail.state === 'due' && mail.dueAt <= agoMs(seconds))
          .map((mail) => bellEvent(topicOf(mail), mail.jobId ?? mail.id, mail.requestId));
        return [...new Map([...jobs, ...mails].map((event) => [event.type, event])).values()];
      }),
    expire: (limits) =>
      later(() => {
        const over = pick(
          limits,
          (row) => may(row, 'expire') && (row.job.expiresAt?.getTime() ?? Infinity) <= rows.now(),
        );
        for (const row of over) expireJob(rows, row);
        return over.length;
      }),
    forget: ({ maxRows }) => later(() => forget(rows, maxRows)),
    discarded: ({ maxRows }) =>
      later(() =>
        [...rows.discarded.values()]
          .filter(({ notBefore }) => notBefore <= rows.now())
          .slice(0, maxRows)
          .map(({ bucket, fileId }) => ({ bucket, fileId })),
      ),
    deleted: ({ bucket, fileId }) => later(() => void rows.discarded.delete(`${bucket}/${fileId}`)),
    orphans: (bucket, fileIds) =>
      later(() =>
        fileIds.filter(
          (fileId) =>
            !rows.discarded.has(`${bucket}/${fileId}`) &&
            ![...rows.jobs.values()].some((row) => answersFor(row, bucket).includes(fileId)),
        ),
      ),
    swept: () => later(() => undefined),
  };
}

/** The fake of Outbox. */
export function fakeOutbox(rows: Rows): Outbox {
  return {
    rung: (outboxIds) =>
      later(() => {
        for (const bell of rows.bells) {
          if (outboxIds.includes(bell.outboxId)) bell.rungAt ??= rows.now();
        }
      }),
  };
}

function errorOf(code: ErrorCode): JobError {
  return { code, message: sentence[code] };
}

function topicOf({ kind }: MailRow): Topic {
  return kind === 'account_exists' ? 'conversion_completed' : kind;
}

/** The files of this bucket that the row still needs. */
function answersFor({ job, outputFileId, checkpoint }: JobRow, bucket: Bucket) {
  if (bucket === 'mp3s') return [outputFileId, checkpoint?.fileId];
  const isKept = job.state !== 'aborted' && job.state !== 'expired';
  return isKept ? [job.source.fileId] : [];
}

function forget(rows: Rows, maxRows: number): number {
  const agoMs = (seconds: number) => rows.now() - seconds * 1_000;
  const { rowSeconds, resultSeconds } = rows.retention;
  const jobs = [...rows.jobs.values()].filter(
    ({ job, hidden }) =>
      job.state === 'expired' &&
      (hidden || (job.expiresAt?.getTime() ?? 0) <= agoMs(rowSeconds - resultSeconds)),
  );
  const sessions = [...rows.sessions].filter(([, { expiresAt }]) => expiresAt <= rows.now());
  const keys = [...rows.keys].filter(([, { createdAt }]) => createdAt <= agoMs(DAY));
  const forgets = [
    ...jobs.map(
      ({ job }) =>
        () =>
          forgetJob(rows, job.id),
    ),
    ...sessions.map(
      ([id]) =>
        () =>
          rows.sessions.delete(id),
    ),
    ...keys.map(
      ([id]) =>
        () =>
          rows.keys.delete(id),
    ),
  ].slice(0, maxRows);
  for (const forgetOne of forgets) forgetOne();
  return forgets.length;
}

function forgetJob(rows: Rows, id: string): void {
  rows.jobs.delete(id);
  rows.mails = rows.mails.filter((mail) => mail.jobId !== id);
}
