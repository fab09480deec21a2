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
        mail.attempt += 1;
        mail.dueAt = rows.now() + leaseSeconds * 1_000;
        return {
          id: mail.id,
          kind: mail.kind,
          to: user.email,
          messageId: `<${mail.kind}.${mail.jobId ?? mail.id}@${domain}>`,
          attempt: mail.attempt,
          job: mail.jobId === undefined ? undefined : rows.jobs.get(mail.jobId)?.job,
          requestId: mail.requestId,
        };
      }),
    sent: (id) => change(id, { state: 'sent' }),
    postpone: (id, delayMs) => change(id, { dueAt: rows.now() + delayMs, calledAt: undefined }),
    fail: (id) => change(id, { state: 'failed' }),
  };
}
