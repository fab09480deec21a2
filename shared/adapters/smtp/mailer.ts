import { createTransport } from 'nodemailer';
import * as v from 'valibot';
import { withPassword } from '#shared/core/address';
import type { Mailer, MailMessage, MailOutcome } from '#shared/core/ports';
import { parseServerAddress } from './server-address.ts';

/** Which server, and in whose name. */
export interface MailerOptions {
  /** See parseServerAddress. */
  readonly url: string;
  /** For a `url` that names a user without a password. */
  readonly password?: string | undefined;
  /** The sender: one address, without a name. */
  readonly from: string;
  /** Milliseconds of silence at each step of the dialogue. */
  readonly timeoutMs?: number;
}

/**
 * The server's final word on this recipient or this message (RFC 5321 §4.2). A 5xx while greeting,
 * securing or logging in says that our settings are wrong, not the mail.
 */
const Refusal = v.object({
  code: v.picklist(['EENVELOPE', 'EMESSAGE']),
  responseCode: v.pipe(v.number(), v.minValue(500), v.maxValue(599)),
});

const oneAddress = /^[^\s@,;:<>"()[\]\\]+@[^\s@,;:<>"()[\]\\]+$/;

/**
 * Sends each mail over a connection of its own. An answer 5xx to the recipient or the message is
 * `rejected`; 4xx, silence of 10 s, and everything else that went wrong is `deferred`. Throws
 * TypeError for a recipient or a sender that is not exactly one address: nodemailer would send to
 * every one in a list.
 */
export function createMailer(options: MailerOptions): Mailer {
  const { from, timeoutMs = 10_000 } = options;
  assertOneAddress(from);
  const transport = createTransport({
    ...parseServerAddress(withPassword(options.url, options.password)),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async send(message) {
      const mail = compose(message, from);
      try {
        await transport.sendMail(mail);
        return { outcome: 'sent' };
      } catch (error) {
        return toOutcome(error);
      }
    },
  };
}

function compose({ to, messageId, subject, text, html }: MailMessage, from: string) {
  assertOneAddress(to);
  return {
    from: { name: '', address: from },
    // As an object it is one recipient whatever it holds; as text it would be parsed as a list.
    to: { name: '', address: to },
    messageId,
    subject,
    text,
    html,
    // So that no out-of-office reply comes back (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function assertOneAddress(text: string): void {
  if (!oneAddress.test(text)) throw new TypeError('A mail goes from one address to one address.');
}

function toOutcome(error: unknown): MailOutcome {
  const reason = error instanceof Error ? error.message : 'unknown';
  return { outcome: v.is(Refusal, error) ? 'rejected' : 'deferred', reason };
}
