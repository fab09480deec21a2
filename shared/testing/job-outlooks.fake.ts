import { mostAttempts } from '#shared/core/jobs';
import type { JobOutlooks } from '#shared/core/ports';
import { later } from '#shared/testing/store-rows.fake';
import type { JobRow, Rows } from '#shared/testing/store-rows.fake';

/** The fake of JobOutlooks. */
export function fakeJobOutlooks(rows: Rows): JobOutlooks {
  return {
    find: (jobId) =>
      later(() => {
        const row = rows.jobs.get(jobId);
        const recent = recentWork([...rows.jobs.values()]);
        const overdueSeconds = Math.max(0, (rows.now() - (row?.dueAt ?? 0)) / 1_000);
        if (row?.job.state === 'running') {
          const elapsedSeconds = (rows.now() - claimedAt(row)) / 1_000;
          return { recent, overdueSeconds, attempt: { elapsedSeconds, isFirst: row.token === 1 } };
        }
        return row?.job.state === 'queued'
          ? { recent, overdueSeconds, queue: queueBefore(rows, row) }
          : undefined;
      }),
  };
}

function recentWork(jobs: readonly JobRow[]) {
  const over = jobs.filter((row) => row.job.state === 'done' && row.token === 1);
  const seconds = over.map((row) => (row.job.updatedAt.getTime() - claimedAt(row)) / 1_000);
  return { bytes: sum(over.map(bytesOf)), seconds: sum(seconds) };
}

function queueBefore(rows: Rows, { dueAt }: JobRow) {
  const now = rows.now();
  const all = [...rows.jobs.values()].filter(
    ({ job }) => ['queued', 'running'].includes(job.state) && job.attempt < mostAttempts,
  );
  const ahead = all.filter((row) => row.dueAt < Math.min(dueAt, now));
  const running = all.filter((row) => row.job.state === 'running' && row.dueAt > now);
  const left = running.map((row) => bytesOf(row) * (1 - row.job.progress));
  return {
    ahead: ahead.length,
    bytesAhead: sum(ahead.map(bytesOf)) + sum(left),
    running: running.length,
    dueInSeconds: Math.max(0, (dueAt - now) / 1_000),
  };
}

function claimedAt({ history }: JobRow): number {
  return Date.parse(history.findLast(({ step }) => step === 'claim')?.at ?? '');
}

function bytesOf({ job }: JobRow): number {
  return job.source.bytes ?? 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
