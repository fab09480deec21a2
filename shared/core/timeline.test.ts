import { describe, expect, test } from '@jest/globals';
import type { HistoryEntry, JobTrace } from './timeline.ts';
import { timeline } from './timeline.ts';

const second = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n));
const step = (
  n: number,
  name: HistoryEntry['step'],
  from: HistoryEntry['from'],
  attempt = 1,
  code?: HistoryEntry['code'],
): HistoryEntry => ({ at: second(n), from, step: name, attempt, code });
const trace = (changes: Partial<JobTrace>): JobTrace => ({
  id: '01890000-0000-7000-8000-000000000001',
  requestId: 'call-7',
  createdAt: second(0),
  history: [],
  bells: [],
  mails: [],
  ...changes,
});
const told = (changes: Partial<JobTrace>) =>
  timeline(trace(changes)).entries.map(({ event, attempt, code }) =>
    [event, attempt, code].filter((part) => part !== null).join(' '),
  );

describe('timeline', () => {
  test('tells the whole way from the first byte to the mail, in order, under one request id', () => {
    const { requestId, entries } = timeline(
      trace({
        mails: [{ kind: 'conversion_completed', state: 'sent', attempt: 1, updatedAt: second(9) }],
        bells: [
          { topic: 'conversion_completed', rungAt: second(8) },
          { topic: 'video_uploaded', rungAt: second(4) },
        ],
        history: [
          step(3, 'accept', 'uploading', 0),
          step(5, 'claim', 'queued'),
          step(7, 'publish', 'running'),
        ],
      }),
    );

    expect(requestId).toBe('call-7');
    expect(entries.map(({ at, event }) => [new Date(at).getUTCSeconds(), event])).toEqual([
      [0, 'upload_began'],
      [3, 'uploaded'],
      [4, 'bell_rung'],
      [5, 'attempt_began'],
      [7, 'done'],
      [8, 'bell_rung'],
      [9, 'mail_sent'],
    ]);
  });

  test('says of an MP3 that lacks a part that it does, and of a whole one that it is checked', () => {
    const done = (code?: HistoryEntry['code']) => {
      const history = [step(2, 'publish', 'running', 1, code)];
      return timeline(trace({ history })).entries[1];
    };
    expect(done('truncated')).toMatchObject({ event: 'done', code: 'truncated' });
    expect(done('truncated')?.text).toMatch(/not complete\. This file ends too early/);
    expect(done()).toMatchObject({ code: null, text: 'The MP3 is checked and ready.' });
  });

  test('says why an attempt ended, and the sentence of its code', () => {
    const history = [step(2, 'postpone', 'running', 1, 'storage')];
    expect(told({ history })).toEqual(['upload_began', 'attempt_ended 1 storage']);
    expect(timeline(trace({ history })).entries[1]?.text).toBe(
      'Attempt 1 ended and is followed by another. The storage did not answer in time.',
    );
  });

  test('says that an MP3 is damaged since it was ready (38)', () => {
    const history = [
      step(2, 'publish', 'running'),
      step(3, 'damage', 'done', 1, 'stored_file_damaged'),
    ];
    expect(told({ history })).toEqual(['upload_began', 'done 1', 'damaged stored_file_damaged']);
    expect(timeline(trace({ history })).entries[2]?.text).toBe(
      'The MP3 cannot be downloaded whole. A part of the stored file is missing.',
    );
  });

  test('says that a worker was lost where another took its job over', () => {
    const history = [step(1, 'claim', 'queued'), step(2, 'claim', 'running', 2)];
    expect(told({ history })).toEqual([
      'upload_began',
      'attempt_began 1',
      'attempt_lost 1',
      'attempt_began 2',
    ]);
  });

  test('does not speak of a lost worker where the job was handed back', () => {
    const history = [
      step(1, 'claim', 'queued'),
      step(2, 'give_back', 'running'),
      step(3, 'claim', 'queued'),
    ];
    expect(told({ history })).toEqual([
      'upload_began',
      'attempt_began 1',
      'given_back 1',
      'attempt_began 1',
    ]);
  });

  test.each([
    ['abort', 'uploading', 'upload_aborted upload_timeout', 'upload_timeout'],
    ['fail', 'running', 'failed 1 no_audio', 'no_audio'],
    ['cancel', 'queued', 'cancelled', undefined],
    ['retry', 'failed', 'retried', undefined],
    ['expire', 'done', 'expired', undefined],
  ] as const)('tells of %s from %s', (name, from, expected, code) => {
    expect(told({ history: [step(1, name, from, 1, code)] })[1]).toBe(expected);
  });

  test.each([
    ['sent', 1, ['mail_sent 1']],
    ['failed', 8, ['mail_failed 8']],
    ['due', 2, ['mail_postponed 2']],
    ['due', 0, []],
  ] as const)('tells of a mail that is %s after %i tries', (state, attempt, expected) => {
    const mails = [{ kind: 'conversion_failed', state, attempt, updatedAt: second(1) }] as const;
    expect(told({ mails }).slice(1)).toEqual(expected);
  });
});
