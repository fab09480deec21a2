import { describe, expect, test } from '@jest/globals';
import { AppError } from '#shared/core/errors';
import type { DueMail } from '#shared/core/ports';
import { createFakeMailer } from '#shared/testing/mailer.fake';
import { deliver } from './deliver.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

interface Given extends Partial<Pick<DueMail, 'attempt' | 'kind'>> {
  readonly due?: number;
  /** How often Postgres does not answer that a mail is sent. */
  readonly silences?: number;
}

function setUp({ attempt = 1, kind = 'account_exists', due = 1, silences = 0 }: Given = {}) {
  const waiting = Array.from({ length: due }, (_, n): DueMail => ({
    id: `m${n + 1}`,
    kind,
    to: 'ada@example.org',
    messageId: `<m${n + 1}@example.org>`,
    attempt,
    job: undefined,
    requestId: undefined,
  }));
  const ends: unknown[] = [];
  let left = silences;
  const mailer = createFakeMailer();
  const run = deliver({
    mails: {
      claim: () => Promise.resolve(waiting.shift()),
      sent: (id) => {
        left -= 1;
        if (left >= 0) return Promise.reject(new AppError('unavailable'));
        return Promise.resolve(void ends.push(['sent', id]));
      },
      postpone: (id, ...rest) => Promise.resolve(void ends.push(['postponed', id, ...rest])),
      fail: (id, reason) => Promise.resolve(void ends.push(['failed', id, reason])),
    },
    mailer,
    publicUrl: 'https://example.org',
    log: quiet,
    clock: { sleep: () => Promise.resolve() },
    random: () => 0.5,
  });
  return { run, ends, mailer };
}

describe('deliver', () => {
  test('sends the mail that is due, once, under its own Message-ID', async () => {
    const { run, ends, mailer } = setUp();
    expect(await run()).toBe(true);
    expect(mailer.messages).toMatchObject([
      { to: 'ada@example.org', messageId: '<m1@example.org>' },
    ]);
    expect(ends).toEqual([['sent', 'm1']]);
  });

  test('reliability 19: notes once more what a silent Postgres did not note, and sends once', async () => {
    const { run, ends, mailer } = setUp({ silences: 2 });
    await run();
    expect(mailer.messages).toHaveLength(1);
    expect(ends).toEqual([['sent', 'm1']]);
  });

  test('tells when no mail is due', async () => {
    const { run, mailer } = setUp({ due: 0 });
    expect(await run()).toBe(false);
    expect(mailer.messages).toEqual([]);
  });

  test('reliability 27: a server’s final no ends the mail', async () => {
    const { run, ends, mailer } = setUp();
    mailer.outcome = { outcome: 'rejected', reason: '550 no such user' };
    await run();
    expect(ends).toEqual([['failed', 'm1', '550 no such user']]);
  });

  test.each([
    [1, 30_000],
    [2, 90_000],
    [7, 21_870_000],
  ])('reliability 27: after try %s a server’s “later” waits %s ms', async (attempt, delayMs) => {
    const { run, ends, mailer } = setUp({ attempt });
    mailer.outcome = { outcome: 'deferred', reason: '451 try again' };
    await run();
    expect(ends).toEqual([['postponed', 'm1', delayMs, '451 try again']]);
  });

  test('reliability 27: the eighth “later” is the last', async () => {
    const { run, ends, mailer } = setUp({ attempt: 8 });
    mailer.outcome = { outcome: 'deferred', reason: 'timed out' };
    await run();
    expect(ends).toEqual([['failed', 'm1', 'timed out']]);
  });

  test('ends a mail that eight senders died of, without trying once more', async () => {
    const { run, ends, mailer } = setUp({ attempt: 9 });
    await run();
    expect(mailer.messages).toEqual([]);
    expect(ends).toEqual([['failed', 'm1', 'sender_died']]);
  });

  test('tries a mail for the eighth time, whoever died of it', async () => {
    const { run, ends } = setUp({ attempt: 8 });
    await run();
    expect(ends).toEqual([['sent', 'm1']]);
  });

  test('ends a mail whose job is gone, without sending it', async () => {
    const { run, ends, mailer } = setUp({ kind: 'conversion_completed' });
    expect(await run()).toBe(true);
    expect(mailer.messages).toEqual([]);
    expect(ends).toEqual([['failed', 'm1', 'what it tells of is gone']]);
  });
});
