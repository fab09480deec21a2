import type { Topic } from '#shared/contracts/events';
import type { Timeline, TimelineEvent } from '#shared/contracts/timeline';
import { sentence, type ErrorCode } from '#shared/core/errors';
import type { JobState, JobStep } from '#shared/core/jobs';
import type { MailKind } from '#shared/core/ports';

/** One line of a job's history, written with the step it tells of. */
export interface HistoryEntry {
  readonly at: Date;
  readonly from: JobState;
  readonly step: JobStep;
  /** Claims so far, the one of this step included. */
  readonly attempt: number;
  /** The error that a step without success was made with, or what an MP3 is short of. */
  readonly code: ErrorCode | undefined;
}

/** All that is written down about one job. */
export interface JobTrace {
  readonly id: string;
  readonly requestId: string | undefined;
  readonly createdAt: Date;
  readonly history: readonly HistoryEntry[];
  /** Bells that rang; a day later they are forgotten. */
  readonly bells: readonly { readonly topic: Topic; readonly rungAt: Date }[];
  readonly mails: readonly {
    readonly kind: MailKind;
    readonly state: 'due' | 'sent' | 'failed';
    /** Tries so far. */
    readonly attempt: number;
    readonly updatedAt: Date;
  }[];
}

/** What was written down about jobs. */
export interface JobTraces {
  /** Another person's job is as absent as one that never was. */
  find(ownerId: string, id: string): Promise<JobTrace | undefined>;
}

interface Moment {
  readonly at: Date;
  readonly event: TimelineEvent;
  readonly attempt?: number;
  readonly code?: ErrorCode | undefined;
  readonly text: string;
}

/** What happened to a job and when, oldest first, in words a person understands. */
export function timeline(trace: JobTrace): Timeline {
  const began: Moment = { at: trace.createdAt, event: 'upload_began', text: 'The upload began.' };
  const moments = [
    began,
    ...trace.history.flatMap(ofStep),
    ...trace.bells.map(ofBell),
    ...trace.mails.flatMap(ofMail),
  ];
  return {
    id: trace.id,
    requestId: trace.requestId ?? null,
    // Stable: what happened in one transaction keeps its order.
    entries: moments.toSorted((one, other) => one.at.getTime() - other.at.getTime()).map(entry),
  };
}

function entry({ at, event, attempt, code, text }: Moment): Timeline['entries'][number] {
  return { at: at.toISOString(), event, attempt: attempt ?? null, code: code ?? null, text };
}

function ofStep({ at, from, step, attempt, code }: HistoryEntry): readonly Moment[] {
  const why = code === undefined ? '' : ` ${sentence[code]}`;
  switch (step) {
    case 'accept':
      return [{ at, event: 'uploaded', text: 'The whole video is stored and waits its turn.' }];
    case 'abort':
      return [{ at, event: 'upload_aborted', code, text: `The upload was given up.${why}` }];
    case 'claim':
      return [...(from === 'running' ? [lost(at, attempt - 1)] : []), began(at, attempt)];
    case 'postpone': {
      const text = `Attempt ${attempt} ended and is followed by another.${why}`;
      return [{ at, event: 'attempt_ended', attempt, code, text }];
    }
    case 'give_back': {
      const text = `Attempt ${attempt} was handed back, because its worker was told to stop. It does not count.`;
      return [{ at, event: 'given_back', attempt, text }];
    }
    case 'publish':
      return [{ at, event: 'done', attempt, code, text: ready(why) }];
    case 'damage':
      return [{ at, event: 'damaged', code, text: `The MP3 cannot be downloaded whole.${why}` }];
    case 'fail':
      return [{ at, event: 'failed', attempt, code, text: `The conversion failed.${why}` }];
    case 'cancel':
      return [{ at, event: 'cancelled', text: 'The conversion was cancelled.' }];
    case 'retry':
      return [{ at, event: 'retried', text: 'The conversion was asked for once more.' }];
    case 'expire':
      return [{ at, event: 'expired', text: 'Its files are no longer kept.' }];
  }
}

function ready(why: string): string {
  return why === ''
    ? 'The MP3 is checked and ready.'
    : `The MP3 of what there is was asked for and is ready, but not complete.${why}`;
}

function began(at: Date, attempt: number): Moment {
  return { at, event: 'attempt_began', attempt, text: `Attempt ${attempt} began.` };
}

function lost(at: Date, attempt: number): Moment {
  const text = `Attempt ${attempt} ended without a word: its worker was not heard of any more.`;
  return { at, event: 'attempt_lost', attempt, text };
}

const heardBy = {
  video_uploaded: 'The workers were called.',
  conversion_completed: 'The mail about the MP3 was called for.',
  conversion_failed: 'The mail about the failure was called for.',
} as const satisfies Record<Topic, string>;

function ofBell({ topic, rungAt }: JobTrace['bells'][number]): Moment {
  return { at: rungAt, event: 'bell_rung', text: heardBy[topic] };
}

function ofMail({ state, attempt, updatedAt: at }: JobTrace['mails'][number]): readonly Moment[] {
  switch (state) {
    case 'sent':
      return [{ at, event: 'mail_sent', attempt, text: 'The mail was handed to the mail server.' }];
    case 'failed':
      return [{ at, event: 'mail_failed', attempt, text: 'The mail could not be delivered.' }];
    case 'due': {
      const text = 'The mail server did not take the mail yet. It is tried again.';
      return attempt === 0 ? [] : [{ at, event: 'mail_postponed', attempt, text }];
    }
  }
}
