import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '#shared/core/errors';
import type { Job } from '#shared/core/job';
import type { DueMail } from '#shared/core/ports';
import { compose } from './compose.ts';

const publicUrl = 'https://example.org';
const id = '01890000-0000-7000-8000-000000000001';

function aJob(changes: Partial<Job>): Job {
  return {
    id,
    ownerId: 'ada',
    state: 'done',
    source: { fileId: 'f', name: 'holiday.mp4', bytes: 1, sha256: '' },
    options: { bitrate: 192 },
    round: 1,
    attempt: 1,
    progress: 1,
    result: undefined,
    receipt: undefined,
    error: undefined,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    expiresAt: new Date('2026-11-28T10:15:30Z'),
    ...changes,
  };
}

function aMail(changes: Partial<DueMail>): DueMail {
  return {
    id: 'm1',
    kind: 'conversion_completed',
    to: 'ada@example.org',
    messageId: '<m1@example.org>',
    attempt: 1,
    job: undefined,
    requestId: undefined,
    ...changes,
  };
}

const result = { fileId: 'f', bytes: 4_812_345, sha256: '', durationSeconds: 200.4 };
const done = (name = 'holiday.mp4') =>
  aJob({ result, source: { fileId: 'f', name, bytes: 1, sha256: '' } });
const failedWith = (code: ErrorCode, message: string) =>
  aMail({ kind: 'conversion_failed', job: aJob({ state: 'failed', error: { code, message } }) });

describe('compose', () => {
  test('tells of an MP3: what, how long, how large, where and until when', () => {
    expect(compose(aMail({ job: done(), requestId: 'call-7' }), publicUrl)).toEqual({
      to: 'ada@example.org',
      messageId: '<m1@example.org>',
      subject: 'Your MP3 of “holiday.mp4” is ready',
      text: [
        '“holiday.mp4” is converted: 3 min 20 s of sound, 4.8 MB.',
        `Download it with your account; nobody else can open this address:\nhttps://example.org/function/download/${id}`,
        'The MP3 is kept until 2026-11-28 10:15 UTC.',
        'Request: call-7\n',
      ].join('\n\n'),
      html: expect.stringContaining(`<a href="https://example.org/function/download/${id}">`),
    });
  });

  test('tells in subject and text of an MP3 that lacks a part: both lengths, and why', () => {
    const degraded = { code: 'truncated', promisedSeconds: 400, decodedSeconds: 200.4 } as const;
    const message = compose(aMail({ job: aJob({ result: { ...result, degraded } }) }), publicUrl);
    expect(message?.subject).toBe('Your MP3 of “holiday.mp4” is not complete');
    expect(message?.text).toContain('not complete: 3 min 20 s of 6 min 40 s could be read.');
    expect(message?.text).toContain('This file ends too early: a part of it is missing.');
    expect(message?.text).toContain('Code: truncated.');
  });

  test('does not make up the length of a source that promises none', () => {
    const degraded = { code: 'damaged', promisedSeconds: null, decodedSeconds: 200.4 } as const;
    const message = compose(aMail({ job: aJob({ result: { ...result, degraded } }) }), publicUrl);
    expect(message?.text).toContain('not complete: 3 min 20 s could be read.');
  });

  test('tells of a file that cannot be converted: reason, code, and what to do', () => {
    const message = compose(failedWith('no_audio', 'This video has no sound.'), publicUrl);
    expect(message?.subject).toBe('“holiday.mp4” could not be converted');
    expect(message?.text).toContain('This video has no sound.');
    expect(message?.text).toContain('What to do: Upload a video that has sound.');
    expect(message?.text).toContain(`Error code: no_audio. Job: ${id}.`);
    expect(message?.text).not.toContain('/retry');
  });

  test('tells of what may work next time: reason, code, and where to ask once more', () => {
    const message = compose(failedWith('storage', 'The storage did not answer.'), publicUrl);
    expect(message?.text).toContain(`https://example.org/function/jobs/${id}/retry`);
    expect(message?.text).toContain('Your video is kept until 2026-11-28 10:15 UTC.');
    expect(message?.text).toContain('What to do: Nothing is lost: try again in a moment.');
  });

  test('row 8: tells the owner of an address that somebody tried to register it', () => {
    const message = compose(aMail({ kind: 'account_exists' }), publicUrl);
    expect(message?.subject).toBe('You already have an account');
    expect(message?.text).toContain('nothing was changed');
  });

  test('row 58: a file name is text in HTML and one line in the subject', () => {
    const message = compose(
      aMail({ job: done('<img src=x onerror="a()">\r\nBcc: e@z') }),
      publicUrl,
    );
    expect(message?.html).toContain('“&lt;img src=x onerror=&quot;a()&quot;&gt; Bcc: e@z”');
    expect(message?.html).not.toContain('<img');
    expect(message?.subject).not.toMatch(/[\r\n]/);
  });

  test.each(['conversion_completed', 'conversion_failed'] as const)(
    'has nothing to say about a job that is gone: %s',
    (kind) => {
      expect(compose(aMail({ kind, job: aJob({ state: 'expired' }) }), publicUrl)).toBeUndefined();
      expect(compose(aMail({ kind }), publicUrl)).toBeUndefined();
    },
  );
});
