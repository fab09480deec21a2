import type { Topic } from '#shared/contracts/events';
import type { Ailment, Health } from '#shared/contracts/health';
import { attemptLimit } from '#shared/core/errors';

/** What is measured, before it is judged. */
export type Figures = Omit<Health, 'status' | 'ailments'>;

/** Measures the service, by nothing but the store of truth. */
export interface Vitals {
  read(): Promise<Figures>;
}

/** Writes down that a bell came by the broker and the connector. */
export interface Hearing {
  heard(topic: Topic): Promise<void>;
}

/**
 * When something counts as wrong, in seconds. A sweep comes every 30 s and rings what nobody heard
 * for 30 s, so each of these is a sign that this did not help.
 */
export const thresholds = {
  /** Four sweeps in a row did not come. */
  sweepAge: 120,
  /** Long enough for a burst of uploads, too long for idle workers. */
  oldestWaiting: 600,
  /** A lease that ended and that no worker took over, with two sweeps in between. */
  leaseOver: 75,
  /** A dead consumer is seen within two minutes (reliability.md 14). */
  connectorSilent: 60,
  /** The sweep rings what is older than 5 s. */
  oldestUnrung: 60,
  /** Mail servers that greylist make a mail wait some minutes. */
  oldestMail: 900,
} as const;

/**
 * The figures with what they mean. `degraded` never means that jobs are lost: it means that a
 * person has to look before people notice.
 */
export function judge(figures: Figures): Health {
  const ailments = signs.filter(([, isWrong]) => isWrong(figures)).map(([ailment]) => ailment);
  return { status: ailments.length === 0 ? 'ok' : 'degraded', ailments, ...figures };
}

type Sign = readonly [Ailment, (figures: Figures) => boolean];

const signs: readonly Sign[] = [
  // Never swept at all is as late as can be.
  ['sweep_late', ({ sweep }) => (sweep.ageSeconds ?? Infinity) > thresholds.sweepAge],
  ['sweep_failing', ({ sweep }) => Object.values(sweep.counts).includes(-1)],
  ['queue_late', ({ jobs }) => isOver(jobs.oldestWaitingSeconds, thresholds.oldestWaiting)],
  ['leases_expired', ({ jobs }) => isOver(jobs.oldestLeaseSeconds, thresholds.leaseOver)],
  ['connector_silent', ({ connector }) => Object.values(connector).some(isSilent)],
  ['bells_unrung', ({ outbox }) => isOver(outbox.oldestSeconds, thresholds.oldestUnrung)],
  ['mails_late', ({ mails }) => isOver(mails.oldestDueSeconds, thresholds.oldestMail)],
  ['mails_failing', ({ mails }) => mails.failedInHour > 0],
  ['jobs_failing', ({ failures }) => Object.keys(failures.hour).some(isOurs)],
  ['results_damaged', ({ results }) => results.damagedInDay > 0],
];

function isOver(seconds: number | null, limit: number): boolean {
  return seconds !== null && seconds > limit;
}

function isSilent({ silentSeconds }: Figures['connector'][string]): boolean {
  return isOver(silentSeconds, thresholds.connectorSilent);
}

const limits: ReadonlyMap<string, number> = new Map(Object.entries(attemptLimit));

/**
 * What is tried five times is no file's doing: such a failure means that machines were at fault.
 */
function isOurs(code: string): boolean {
  return limits.get(code) === 5;
}
