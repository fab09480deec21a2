import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Mailer, MailMessage } from '#shared/core/ports';

/** A mailer and the server behind it. */
export interface MailerHarness {
  readonly mailer: Mailer;
  /** Addresses of the mails the server took, oldest first. */
  received(): Promise<readonly string[]>;
  /** How the server answers from now on. */
  answer(how: 'accept' | 'defer' | 'reject'): void;
  close(): Promise<void>;
}

/** A mail for tests; `changes` replaces parts of it. */
export function exampleMail(changes: Partial<MailMessage> = {}): MailMessage {
  return {
    to: 'ada@example.org',
    messageId: '<0190@example.org>',
    subject: 'Your MP3 is ready',
    text: 'Here it is.',
    html: '<p>Here it is.</p>',
    ...changes,
  };
}

/** What every {@link Mailer} does. */
export function mailerContract(name: string, open: () => Promise<MailerHarness>): void {
  describe(`Mailer: ${name}`, () => {
    let harness: MailerHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    test('says sent once the server took the mail', async () => {
      harness.answer('accept');

      expect(await harness.mailer.send(exampleMail())).toEqual({ outcome: 'sent' });
      expect(await harness.received()).toEqual(['ada@example.org']);
    });

    test.each([
      ['defer', 'deferred'],
      ['reject', 'rejected'],
    ] as const)('answers a server that says "%s" with %s and a reason', async (how, outcome) => {
      harness.answer(how);

      const answer = await harness.mailer.send(exampleMail());

      expect(answer).toEqual({ outcome, reason: expect.stringMatching(/\S/) });
    });
  });
}
