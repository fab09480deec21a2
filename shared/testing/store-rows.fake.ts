import type { BellEvent, Topic } from '#shared/contracts/events';
import { AppError } from '#shared/core/errors';
import type { Checkpoint, Job } from '#shared/core/job';
import { next } from '#shared/core/jobs';
import type { JobStep } from '#shared/core/jobs';
import type { Bucket, MailKind, PendingBell, User } from '#shared/core/ports';
import type { Retention } from '#shared/core/retention';
import type { Edge } from '#shared/testing/store';

/** A job with what its owner does not see. Times are milliseconds of the store's clock. */
export interface JobRow {
  job: Job;
  hidden: boolean;
  requestId: string | undefined;
  dueAt: number;
  calledAt: number | undefined;
  uploadSeconds: number;
  token: number;
  worker: string | undefined;
  leaseSeconds: number;
  outputFileId: string | undefined;
  checkpoint: Checkpoint | undefined;
  history: Edge[];
}

/** A mail on its way. */
export interface MailRow {
  id: string;
  kind: MailKind;
  userId: string;
  jobId: string | undefined;
  round: number;
  requestId: string | undefined;
  state: 'due' | 'sent' | 'failed';
  attempt: number;
  dueAt: number;
  calledAt: number | undefined;
  createdAt: number;
  updatedAt: number;
}

/** One login. */
export interface SessionRow {
  readonly userId: string;
  readonly expiresAt: number;
  /** When each token was used, by its hash. */
  readonly usedAt: Map<string, number | undefined>;
}

/** An Idempotency-Key; the map's key is owner and key. */
export interface KeyRow {
  readonly ownerId: string;
  readonly jobId: string;
  readonly fingerprint: string | undefined;
  readonly createdAt: number;
}

/** What a fake store holds; its ports are functions of it. */
export interface Rows {
  readonly now: () => number;
  readonly retention: Retention;
  readonly users: Map<string, User>;
  readonly sessions: Map<string, SessionRow>;
  readonly jobs: Map<string, JobRow>;
  readonly bells: (PendingBell & { createdAt: number; rungAt: number | undefined })[];
  mails: MailRow[];
  readonly discarded: Map<string, { bucket: Bucket; fileId: string; notBefore: number }>;
  readonly keys: Map<string, KeyRow>;
  readonly listeners: Map<string, Set<() => void>>;
}

/** Runs after the caller, as an answer of a server would come. */
export function later<T>(work: () => T): Promise<T> {
  return Promise.resolve().then(work);
}

/** Whether the table allows the step now. */
export function may(row: JobRow, step: JobStep): boolean {
  return next(row.job.state, step) !== undefined;
}

/** Makes the step and writes it down; the caller has asked {@link may}. */
export function move(rows: Rows, row: JobRow, step: JobStep, changes: Partial<Job>): void {
  const from = row.job.state;
  const to = next(from, step);
  if (to === undefined) throw new AppError('internal', `${step} is not allowed from ${from}`);
  const updatedAt = new Date(rows.now());
  const { attempt } = step === 'claim' ? { ...row.job, ...changes } : row.job;
  row.job = { ...row.job, ...changes, state: to, updatedAt };
  const { error, result } = changes;
  const at = updatedAt.toISOString();
  const made = { at, from, step, to, attempt, token: row.token };
  const code = error?.code ?? result?.degraded?.code;
  row.history.push(code === undefined ? made : { ...made, code });
  changed(rows, row.job.id);
}

/** Tells who listens, after the change is made. */
export function changed(rows: Rows, jobId: string): void {
  for (const onChange of rows.listeners.get(jobId) ?? []) queueMicrotask(onChange);
}

/** Hands a file to the sweep; the earlier of two times counts. */
export function discard(rows: Rows, bucket: Bucket, fileId: string | undefined, seconds = 0): void {
  if (fileId === undefined) return;
  const key = `${bucket}/${fileId}`;
  const notBefore = rows.now() + seconds * 1_000;
  const known = rows.discarded.get(key)?.notBefore ?? Infinity;
  rows.discarded.set(key, { bucket, fileId, notBefore: Math.min(known, notBefore) });
}

/**
 * Takes the output away from the attempt: deleted at once, or when its worker surely stopped. One
 * that holds the checkpoint stays.
 */
export function discardOutput(rows: Rows, row: JobRow, when: 'own' | 'lost'): void {
  const { outputFileId, checkpoint, leaseSeconds } = row;
  const fileId = outputFileId === checkpoint?.fileId ? undefined : outputFileId;
  discard(rows, 'mp3s', fileId, when === 'lost' ? 2 * leaseSeconds : 0);
  row.outputFileId = undefined;
}

/** Notes another checkpoint, or none; the file of the last one goes unless it is the output. */
export function replaceCheckpoint(rows: Rows, row: JobRow, checkpoint?: Checkpoint): void {
  const last = row.checkpoint?.fileId;
  row.checkpoint = checkpoint;
  if (last === checkpoint?.fileId || last === row.outputFileId) return;
  discard(rows, 'mp3s', last, 2 * row.leaseSeconds);
}

/** A bell for a job, as the outbox keeps it. */
export function bellEvent(type: Topic, jobId: string, requestId: string | undefined): BellEvent {
  return { v: 1, type, jobId, ...(requestId === undefined ? {} : { requestId }) };
}

/** Commits a bell with the change just made. */
export function ring(rows: Rows, row: JobRow, topic: Topic): PendingBell {
  const bell = {
    outboxId: String(rows.bells.length + 1),
    event: bellEvent(topic, row.job.id, row.requestId),
  };
  rows.bells.push({ ...bell, createdAt: rows.now(), rungAt: undefined });
  return bell;
}

/** The bell that an earlier, repeated request committed. */
export function lastBell(rows: Rows, jobId: string, topic: Topic): PendingBell | undefined {
  const bell = rows.bells.findLast(({ event }) => event.jobId === jobId && event.type === topic);
  return bell && { outboxId: bell.outboxId, event: bell.event };
}

/** A mail to be, due now. */
export function newMail(
  rows: Rows,
  about: Pick<MailRow, 'kind' | 'userId' | 'jobId' | 'round' | 'requestId' | 'calledAt'>,
): MailRow {
  const at = rows.now();
  return {
    ...about,
    id: crypto.randomUUID(),
    state: 'due',
    attempt: 0,
    dueAt: at,
    createdAt: at,
    updatedAt: at,
  };
}

/** Commits the one mail of this kind about this round of the job. */
export function mail(rows: Rows, row: JobRow, kind: MailKind): void {
  const { id: jobId, ownerId: userId, round } = row.job;
  const isThis = (known: MailRow) =>
    known.jobId === jobId && known.kind === kind && known.round === round;
  if (rows.mails.some(isThis)) return;
  const { requestId } = row;
  rows.mails.push(newMail(rows, { kind, userId, jobId, round, requestId, calledAt: rows.now() }));
}

/** When what is kept of a job that ended now is deleted. */
export function expiry(rows: Rows): Date {
  return new Date(rows.now() + rows.retention.resultSeconds * 1_000);
}

/** Over for good: its files go. */
export function expireJob(rows: Rows, row: JobRow): void {
  if (row.job.state !== 'aborted') discard(rows, 'videos', row.job.source.fileId);
  discardOutput(rows, row, 'own');
  move(rows, row, 'expire', { result: undefined });
}

/** Stops a job that waits or runs; its worker learns it by its next heartbeat. */
export function cancelJob(rows: Rows, row: JobRow): void {
  replaceCheckpoint(rows, row);
  discardOutput(rows, row, 'lost');
  move(rows, row, 'cancel', { progress: 0, expiresAt: expiry(rows) });
}

/** Gives an upload up; its video is deleted after `seconds`. */
export function abortUpload(rows: Rows, row: JobRow, error: Job['error'], seconds: number): void {
  discard(rows, 'videos', row.job.source.fileId, seconds);
  move(rows, row, 'abort', { error, expiresAt: expiry(rows) });
}

/** Ends a job without an MP3. */
export function failJob(rows: Rows, row: JobRow, error: Job['error'], when: 'own' | 'lost') {
  replaceCheckpoint(rows, row);
  discardOutput(rows, row, when);
  move(rows, row, 'fail', { error, expiresAt: expiry(rows) });
  mail(rows, row, 'conversion_failed');
  return ring(rows, row, 'conversion_failed');
}
