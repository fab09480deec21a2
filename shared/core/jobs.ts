import { attemptLimit, type ErrorCode } from '#shared/core/errors';

/**
 * The life of a job, from the first byte of a video to the end of its MP3.
 *
 * A job is opened as `uploading` before the first byte is stored, so that every byte has a row that
 * answers for it. When the whole file is stored it is `queued`; a worker claims it and it is
 * `running` under a lease that the worker renews. A lease that runs out lets another worker claim
 * the running job: the token grows, and whatever the first worker still tries is refused. A checked
 * MP3 makes it `done`, a permanent error or too many attempts make it `failed`, the person can make
 * it `cancelled`. A failed or cancelled job may be queued again by the person while its source is
 * kept. An MP3 that turns out to be damaged in the store is still the one of a `done` job, which
 * tells of it from then on. After their retention, jobs are `expired`: the row stays a while, the
 * bytes are gone. An upload that did not complete is `aborted`, for good.
 *
 * The table below is all there is: the store's guarded statements are asserted against it.
 */
export type JobState =
  'uploading' | 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'aborted' | 'expired';

/** What moves a job from one state to another. */
export type JobStep =
  | 'accept' // the whole video is stored
  | 'abort' // the upload failed, or its deadline passed
  | 'claim' // a worker takes it, also from a worker whose lease ran out
  | 'publish' // the MP3 is checked and shown
  | 'damage' // a part of the MP3 is missing in the store
  | 'postpone' // a retryable failure: later again
  | 'give_back' // the worker is told to stop: later again, no attempt used
  | 'fail' // a permanent failure, or the attempts are used up
  | 'cancel' // the person does not want it any more
  | 'retry' // the person wants it once more
  | 'expire'; // its retention is over

type Transitions = Record<JobState, Partial<Record<JobStep, JobState>>>;

/** The state each step leads to; a step that is absent is refused. */
export const transitions = {
  uploading: { accept: 'queued', abort: 'aborted' },
  queued: { claim: 'running', fail: 'failed', cancel: 'cancelled' },
  running: {
    claim: 'running',
    publish: 'done',
    postpone: 'queued',
    give_back: 'queued',
    fail: 'failed',
    cancel: 'cancelled',
  },
  done: { damage: 'done', expire: 'expired' },
  failed: { retry: 'queued', expire: 'expired' },
  cancelled: { retry: 'queued', expire: 'expired' },
  aborted: { expire: 'expired' },
  expired: {},
} as const satisfies Transitions;

/** The state after a step, or undefined where the table does not allow it. */
export function next(state: JobState, step: JobStep): JobState | undefined {
  const steps: Partial<Record<JobStep, JobState>> = transitions[state];
  return steps[step];
}

/** Whether a job in this state still waits for work: the person's page shows it as under way. */
export function isActive(state: JobState): boolean {
  return state === 'uploading' || state === 'queued' || state === 'running';
}

/** Claims that a job may have in one round, whatever its attempts end with. */
export const mostAttempts = Math.max(...Object.values(attemptLimit));

/** What the attempts of this round ended with that are followed by another. */
export function failuresOf(
  history: readonly { readonly step: JobStep; readonly code?: ErrorCode | undefined }[],
): readonly ErrorCode[] {
  const round = history.slice(history.findLastIndex(({ step }) => step === 'retry') + 1);
  return round.flatMap(({ step, code }) => (step === 'postpone' && code ? [code] : []));
}

/**
 * Whether another attempt may follow one that ended with `code`. Attempts count against the limit
 * of their own kind only (a timeout after three failures of the storage is the first), and all
 * together, those whose worker died included, against the limit of five. `attempt` is how many
 * there were, this one included, and `failures` what {@link failuresOf} says of those before.
 */
export function mayTryAgain(
  code: ErrorCode,
  attempt: number,
  failures: readonly ErrorCode[],
): boolean {
  const limit = attemptLimit[code];
  const alike = failures.filter((failure) => attemptLimit[failure] === limit).length + 1;
  return alike < limit && attempt < mostAttempts;
}

/**
 * Whether an attempt that ended with this error leaves its checkpoint to the next: only where the
 * machines are to blame. What the video itself may have caused begins anew.
 */
export function keepsCheckpoint(code: ErrorCode): boolean {
  return code === 'storage' || code === 'unavailable';
}

/**
 * Milliseconds to wait before attempt `attempt + 1`: 5 s doubled for each attempt, at most 5 min,
 * times 0.5 to 1.5 by `random` (0 to 1) so that jobs that failed together do not return together.
 */
export function backoffMs(attempt: number, random: number): number {
  const longest = Math.min(5_000 * 2 ** (attempt - 1), 300_000);
  return Math.round(longest * (0.5 + random));
}
