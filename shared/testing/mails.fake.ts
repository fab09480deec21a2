import { messageId } from '#shared/core/mail';
import type { DueMail, Mails } from '#shared/core/ports';
import { later } from '#shared/testing/store-rows.fake';
import type { MailRow, Rows } from '#shared/testing/store-rows.fake';

/** The fake of Mails. */
export function fakeMails(rows: Rows, domain: string): Mails {
  const change = (id: string, changes: Partial<MailRow>) =>
    later(() => {
      const mail = rows.mails.find((known) => known.id === id);
      if (mail) Object.assign(mail, changes, { updatedAt: rows.now() });
    });
  return {
    claim: (leaseSeconds) =>
      later((): DueMail | undefined => {
        const [mail] = rows.mails
          .filter(({ state, dueAt }) => state === 'due' && dueAt <= rows.now())
          .sort((one, other) => one.dueAt - other.dueAt);
        const user = mail && rows.users.get(mail.userId);
        if (!user) return undefined;
        const job = rows.jobs.get(mail.jobId ?? '')?.job;
        mail.attempt += 1;
        mail.dueAt = rows.now() + leaseSeconds * 1_000 * 2 ** Math.max(mail.attempt - 2, 0);
        return {
          id: mail.id,
          kind: mail.kind,
          to: user.email,
          messageId: messageId(mail.kind, mail.jobId ?? mail.id, mail.round, domain),
          attempt: mail.attempt,
          job: job?.round === mail.round ? job : undefined,
          requestId: mail.requestId,
        };
      }),
    sent: (id) => change(id, { state: 'sent' }),
    postpone: (id, delayMs) => change(id, { dueAt: rows.now() + delayMs, calledAt: undefined }),
    fail: (id) => change(id, { state: 'failed' }),
  };
}
