import { askAgain } from '#shared/core/ask-again';
import type { Clock } from '#shared/core/ask-again';
import type { DueMail, Log, Mailer, Mails, MailOutcome } from '#shared/core/ports';
import { compose } from './compose.ts';

export interface DeliverDeps {
  readonly mails: Mails;
  readonly mailer: Mailer;
  /** The gateway as people reach it. */
  readonly publicUrl: string;
  readonly log: Log;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
}

/** Longer than a mailer ever takes: while a mail is in hand, nobody else may send it. */
const leaseSeconds = 120;
const mostAttempts = 8;

/**
 * Sends the mail that is due longest and writes down what became of it; false when none is due. A
 * person gets a mail twice only where the worker dies in between, or Postgres stays away that long.
 */
export function deliver(deps: DeliverDeps) {
  return async (): Promise<boolean> => {
    const mail = await deps.mails.claim(leaseSeconds);
    if (mail === undefined) return false;
    const result = await send(deps, mail);
    await askAgain(deps.clock, () => conclude(deps, mail, result));
    return true;
  };
}

async function send({ mailer, publicUrl }: DeliverDeps, mail: DueMail): Promise<MailOutcome> {
  // Claimed as often as it may be, and nobody lived to say what became of it: it may be the cause.
  if (mail.attempt > mostAttempts) return { outcome: 'rejected', reason: 'sender_died' };
  const message = compose(mail, publicUrl);
  return message === undefined
    ? { outcome: 'rejected', reason: 'what it tells of is gone' }
    : mailer.send(message);
}

async function conclude(deps: DeliverDeps, mail: DueMail, result: MailOutcome): Promise<void> {
  const { mails, log } = deps;
  const fields = { mailId: mail.id, kind: mail.kind, jobId: mail.job?.id, cause: mail.requestId };
  if (result.outcome === 'sent') {
    await mails.sent(mail.id);
    log.info(fields, 'mail sent');
  } else if (result.outcome === 'deferred' && mail.attempt < mostAttempts) {
    await mails.postpone(mail.id, backoffMs(mail.attempt, deps.random()), result.reason);
    log.warn({ ...fields, attempt: mail.attempt, reason: result.reason }, 'mail postponed');
  } else {
    await mails.fail(mail.id, result.reason);
    log.error({ ...fields, attempt: mail.attempt, reason: result.reason }, 'mail not delivered');
  }
}

/**
 * 30 s, three times as long after each try, give or take half: eight tries take about nine hours.
 */
function backoffMs(attempt: number, random: number): number {
  return Math.round(30_000 * 3 ** (attempt - 1) * (0.5 + random));
}
