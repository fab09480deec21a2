import { jobStates } from '#shared/contracts/jobs';
import type { Topic } from '#shared/contracts/events';
import { next } from '#shared/core/jobs';
import type { JobState, JobStep } from '#shared/core/jobs';
import type { Bucket, MailKind } from '#shared/core/ports';
import { bellColumns, jobColumns } from '#shared/adapters/postgres/job-row';

/**
 * How a job moves, as one statement: the row is locked, moved under its guard, and whatever the
 * move entails (files nobody needs any more, a bell, a mail) is written with it or not at all.
 *
 * Which states a step starts from and where it leads is never written in SQL: it comes from the
 * table in shared/core/jobs.ts. The clock is the database's.
 */
export interface Transition {
  readonly step: JobStep;
  /** Which rows, besides the states that the table allows. */
  readonly where: string;
  /** `ORDER BY … LIMIT … SKIP LOCKED`, where more than one row may match. */
  readonly pick?: string;
  /** Columns set besides state, history and time; names mean the row as it was. */
  readonly set?: string;
  /** SQL for the error that the step is made with: the job keeps it, the history its code. */
  readonly error?: string;
  /** SQL for the code that the history tells of, where the job keeps no error; null for none. */
  readonly code?: string;
  /** Claims so far and the token that the history tells of, where the step changes them. */
  readonly counted?: { readonly attempt: string; readonly token: string };
  readonly discard?: readonly Discard[];
  readonly bell?: Topic;
  readonly mail?: MailKind;
  /** Columns answered besides those that every job shows. */
  readonly also?: string;
}

/** A file to delete; the expressions speak of the columns of {@link Transition} before the move. */
export interface Discard {
  readonly bucket: Bucket;
  /** SQL for the id of the file; null for none. */
  readonly fileId: string;
  readonly notBefore: string;
}

/** `in ('queued', 'running')`: where the step is allowed. */
export function statesBefore(step: JobStep): string {
  return list(jobStates.filter((state) => next(state, step) !== undefined));
}

/** The state that the step leads to, the same from everywhere. */
export function stateAfter(step: JobStep): JobState {
  const after = new Set(jobStates.flatMap((state) => next(state, step) ?? []));
  const [only] = after;
  if (only === undefined || after.size > 1) throw new TypeError(`${step} leads to several states`);
  return only;
}

/** Seconds as an SQL interval. */
export function seconds(amount: number | string): string {
  return `make_interval(secs => ${amount})`;
}

/** The output of the worker that makes the step: it has stopped writing. */
export const ownOutput: Discard = {
  bucket: 'mp3s',
  fileId: 'output_file_id',
  notBefore: 'now()',
};

/**
 * The output of a worker that does not know yet that its lease is lost: it is deleted two leases
 * later, when that worker has surely stopped writing.
 */
export const lostOutput: Discard = {
  bucket: 'mp3s',
  fileId: 'output_file_id',
  notBefore: `now() + 2 * ${seconds('lease_seconds')}`,
};

/**
 * The file of a checkpoint that is not needed any more, where it is not the output as well. A
 * worker whose lease was lost may still write it.
 */
export const droppedCheckpoint: Discard = {
  bucket: 'mp3s',
  fileId: `nullif(checkpoint ->> 'fileId', output_file_id)`,
  notBefore: lostOutput.notBefore,
};

/** The output, unless it holds a checkpoint that stays. */
export function unlessCheckpoint(output: Discard): Discard {
  return { ...output, fileId: `nullif(output_file_id, checkpoint ->> 'fileId')` };
}

/** SQL for where the progress of a job begins whose checkpoint stays. */
export const progressAtCheckpoint = `coalesce((checkpoint ->> 'progress')::double precision, 0)`;

/** SQL for the bell of a row of jobs. */
export function bellEvent(topic: Topic): string {
  return `jsonb_strip_nulls(jsonb_build_object(
    'v', 1, 'type', '${topic}', 'jobId', jobs.id, 'requestId', jobs.request_id))`;
}

/** The statement; its rows are jobs after the move, with `outboxId` and `event` of their bell. */
export function transition(move: Transition): string {
  const parts = [picked(move), moved(move), ...discarded(move), ...rung(move), ...mailed(move)];
  return `WITH ${parts.join(',\n')}\n${answer(move)}`;
}

function list(states: readonly JobState[]): string {
  return `in (${states.map((state) => `'${state}'`).join(', ')})`;
}

function picked({ step, where, pick = 'FOR UPDATE', discard = [] }: Transition): string {
  const files = discard.map(
    ({ fileId, notBefore }, i) => `, ${fileId} AS file_${i}, ${notBefore} AS not_before_${i}`,
  );
  return `picked AS (
    SELECT id AS picked_id${files.join('')} FROM jobs
    WHERE state ${statesBefore(step)} AND ${where} ${pick}
  )`;
}

function moved({ step, set, error, code, counted }: Transition): string {
  const { attempt, token } = counted ?? { attempt: 'attempt', token: 'lease_token' };
  const to = stateAfter(step);
  const told = error === undefined ? code : `${error}::jsonb ->> 'code'`;
  const why = told === undefined ? '' : `, 'code', ${told}`;
  const columns = [error === undefined ? [] : `error = ${error}::jsonb`, set ?? []].flat();
  return `moved AS (
    UPDATE jobs SET state = '${to}', updated_at = now(), history = history || jsonb_strip_nulls(
      jsonb_build_object('at', now(), 'from', state, 'step', '${step}', 'to', '${to}',
        'attempt', ${attempt}, 'token', ${token}${why}))${columns.map((column) => `, ${column}`).join('')}
    FROM picked WHERE id = picked_id RETURNING jobs.*
  )`;
}

function discarded({ discard = [] }: Transition): string[] {
  if (discard.length === 0) return [];
  const files = discard.map(
    ({ bucket }, i) =>
      `SELECT '${bucket}', file_${i}, not_before_${i} FROM picked WHERE file_${i} IS NOT NULL`,
  );
  return [
    `discarded AS (
    INSERT INTO discarded_files (bucket, file_id, not_before) ${files.join(' UNION ALL ')}
    ON CONFLICT (bucket, file_id)
    DO UPDATE SET not_before = least(discarded_files.not_before, excluded.not_before)
  )`,
  ];
}

function rung({ bell }: Transition): string[] {
  if (bell === undefined) return [];
  return [
    `rung AS (
    INSERT INTO outbox (job_id, event) SELECT id, ${bellEvent(bell)} FROM moved AS jobs
    RETURNING id, job_id, event
  )`,
  ];
}

function mailed({ mail }: Transition): string[] {
  if (mail === undefined) return [];
  return [
    `mailed AS (
    INSERT INTO mails (kind, job_id, round, user_id, request_id, called_at)
    SELECT '${mail}', id, round, owner_id, request_id, now() FROM moved
    ON CONFLICT (job_id, kind, round) DO NOTHING
  )`,
  ];
}

function answer({ bell, also }: Transition): string {
  const columns = also === undefined ? jobColumns : `${jobColumns}, ${also}`;
  return bell === undefined
    ? `SELECT ${columns} FROM moved AS jobs`
    : `SELECT ${columns}, ${bellColumns} FROM moved AS jobs JOIN rung AS outbox ON job_id = jobs.id`;
}
