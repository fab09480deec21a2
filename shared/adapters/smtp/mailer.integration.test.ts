import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { exampleMail, mailerContract } from '#shared/testing/mailer.contract';
import { createMailer } from './mailer.ts';

type Answer = 'accept' | 'stall' | 421 | 451 | 550;
type Sink = Awaited<ReturnType<typeof openSink>>;

const from = 'noreply@example.org';

mailerContract('SMTP', async () => {
  const sink = await openSink();
  const answers = { accept: 'accept', defer: 451, reject: 550 } as const;
  return {
    mailer: createMailer({ url: sink.url, from }),
    received: () => Promise.resolve(sink.mails.flatMap((mail) => mail.recipients)),
    answer(how) {
      sink.answer = answers[how];
    },
    close: () => sink.close(),
  };
});

describe('createMailer', () => {
  let sink: Sink;
  beforeEach(async () => {
    sink = await openSink();
  });
  afterEach(() => sink.close());

  const mailer = (timeoutMs = 300) => createMailer({ url: sink.url, from, timeoutMs });

  test('sends the Message-ID it is given, both forms, and says that no human wrote it', async () => {
    await mailer().send(exampleMail({ subject: 'Für Ádá' }));

    const [mail] = sink.mails;
    expect(mail?.content).toMatch(/^Message-ID: <0190@example\.org>\r$/im);
    expect(mail?.content).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.content).toContain('Content-Type: text/plain');
    expect(mail?.content).toContain('Content-Type: text/html');
    expect(mail?.sender).toBe(from);
  });

  test.each([
    [421, 'deferred'],
    [451, 'deferred'],
    [550, 'rejected'],
  ] as const)('fault 27: an answer %i makes the mail %s', async (answer, outcome) => {
    sink.answer = answer;

    expect(await mailer().send(exampleMail())).toEqual({
      outcome,
      reason: expect.stringContaining(String(answer)),
    });
  });

  test('fault 27: a server that stalls after DATA defers the mail in time', async () => {
    sink.answer = 'stall';
    const start = performance.now();

    expect(await mailer(300).send(exampleMail())).toMatchObject({ outcome: 'deferred' });
    expect(performance.now() - start).toBeLessThan(1500);
  });

  test('fault 27: a server that is down defers the mail', async () => {
    const nobody = createMailer({ url: 'smtp://127.0.0.1:1', from });

    expect(await nobody.send(exampleMail())).toMatchObject({ outcome: 'deferred' });
  });

  test.each([
    'a@example.org, b@example.org',
    'a@example.org;b@example.org',
    'a@example.org\r\nBcc: e@example.org',
    'Ada <a@example.org>',
    '"a b"@example.org',
    'group:a@example.org',
    'a@b@example.org',
    '',
  ])('security 57: sends nothing to %j', async (to) => {
    await expect(mailer().send(exampleMail({ to }))).rejects.toThrow(TypeError);
    expect(sink.mails).toEqual([]);
  });

  test('security 58: a line break in the subject adds no header', async () => {
    await mailer().send(exampleMail({ subject: 'Ready\r\nBcc: e@example.org' }));

    expect(sink.mails[0]?.recipients).toEqual(['ada@example.org']);
    expect(sink.mails[0]?.content).not.toMatch(/^Bcc:/im);
  });

  test('security 59: sends nothing in clear text where TLS is required', async () => {
    // Another name of loopback, which is not exempt.
    const strict = createMailer({ url: sink.url.replace('127.0.0.1', '0.0.0.0'), from });

    expect(await strict.send(exampleMail())).toMatchObject({ outcome: 'deferred' });
    expect(sink.mails).toEqual([]);
  });

  test('throws TypeError for a sender that is not one address', () => {
    expect(() => createMailer({ url: sink.url, from: 'a@x.org, b@x.org' })).toThrow(TypeError);
  });
});

interface ReceivedMail {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly content: string;
}

/** An SMTP server without TLS that answers after DATA as it is told. */
async function openSink() {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 50,
    onData(stream, session, done) {
      void text(stream).then((content) => {
        if (sink.answer === 'stall') return;
        if (sink.answer !== 'accept') {
          done(Object.assign(new Error('as told'), { responseCode: sink.answer }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const recipients = rcptTo.map(({ address }) => address);
        mails.push({ sender: mailFrom ? mailFrom.address : '', recipients, content });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const sink = {
    answer: 'accept' as Answer,
    mails,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
  return sink;
}
