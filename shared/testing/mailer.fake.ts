import type { Mailer, MailMessage, MailOutcome } from '#shared/core/ports';

/** A {@link Mailer} that keeps every message it is asked to send and answers `outcome`. */
export interface FakeMailer extends Mailer {
  /** Every message handed over, oldest first, whatever the answer was. */
  readonly messages: readonly MailMessage[];
  /** The answer from now on; `sent` at first. */
  outcome: MailOutcome;
}

/** A fresh fake mail server that takes everything. */
export function createFakeMailer(): FakeMailer {
  const messages: MailMessage[] = [];
  const fake: FakeMailer = {
    messages,
    outcome: { outcome: 'sent' },
    send(message) {
      messages.push(message);
      return Promise.resolve(fake.outcome);
    },
  };
  return fake;
}
