import { describe, expect, test } from '@jest/globals';

import type { Census, FileFacts, HistoryEntry, JobFacts, MailFacts } from './census.ts';
import { judge } from './judge.ts';

const at = '2026-11-21T12:00:00Z';

function entry(from: string, step: string, to: string, attempt: number): HistoryEntry {
  return { at, from, step, to, attempt, token: attempt } as HistoryEntry;
}

const done: JobFacts = {
  id: 'done',
  state: 'done',
  attempt: 2,
  history: [
    entry('uploading', 'accept', 'queued', 0),
    entry('queued', 'claim', 'running', 1),
    entry('running', 'claim', 'running', 2),
    entry('running', 'publish', 'done', 2),
  ],
  sourceFileId: 'video-1',
  outputFileId: 'mp3-1',
  result: { fileId: 'mp3-1', bytes: 10, sha256: 'aa', durationSeconds: 3 },
  allowsPartial: false,
  error: null,
};
const failed: JobFacts = {
  id: 'failed',
  state: 'failed',
  attempt: 1,
  history: [
    entry('uploading', 'accept', 'queued', 0),
    entry('queued', 'claim', 'running', 1),
    entry('running', 'fail', 'failed', 1),
  ],
  sourceFileId: 'video-2',
  outputFileId: null,
  result: null,
  allowsPartial: false,
  error: { code: 'no_audio' },
};
const mp3: FileFacts = {
  ...{ bucket: 'mp3s', fileId: 'mp3-1', jobId: 'done', bytes: 10, sha256: 'aa' },
  soundSeconds: 3.01,
};
const sent: MailFacts = {
  jobId: 'done',
  round: 1,
  kind: 'conversion_completed',
  state: 'sent',
  arrived: 1,
};
const census: Census = {
  jobs: [done, failed],
  files: [mp3],
  chunked: [
    { bucket: 'mp3s', fileId: 'mp3-1' },
    { bucket: 'videos', fileId: 'video-2' },
  ],
  discarded: [{ bucket: 'videos', fileId: 'video-2' }],
  mails: [sent, { ...sent, jobId: 'failed', kind: 'conversion_failed' }],
  ffmpegs: [],
  sights: [{ jobId: 'done', path: 'jobs/{id}', status: 404 }],
  leaks: [],
  answers: [{ functionName: 'convert', status: 200, tookMs: 999 }],
};

/** What is said of a run that ended like the sound one but for the changes. */
function judged(changes: Partial<Census>, copiesAllowed: 1 | 2 = 1): string[] {
  const violations = judge({
    census: { ...census, ...changes },
    accepted: [
      { jobId: 'done', ends: { soundSeconds: 3 } },
      { jobId: 'failed', ends: { code: 'no_audio' } },
    ],
    copiesAllowed,
  });
  return violations.map(({ invariant, about, what }) => `${invariant} ${about} ${what}`);
}

const degraded: Partial<JobFacts> = {
  result: {
    ...{ fileId: 'mp3-1', bytes: 10, sha256: 'aa', durationSeconds: 3 },
    degraded: { code: 'truncated' },
  },
};
const isDone = (changes: Partial<JobFacts>) => ({ jobs: [{ ...done, ...changes }, failed] });
const hasFailed = (changes: Partial<JobFacts>) => ({ jobs: [done, { ...failed, ...changes }] });
const mailed = (changes: Partial<MailFacts>) => ({
  mails: [{ ...sent, ...changes }, ...census.mails.slice(1)],
});

const answered = (status: number | null, tookMs: number) => ({
  answers: [...census.answers, { functionName: 'convert', status, tookMs }],
});

describe('judge', () => {
  test('finds nothing in a run that kept every promise', () => {
    expect(judged({})).toEqual([]);
  });

  test.each<[string, string, Partial<Census>]>([
    ['a job that was taken and is gone', 'I1 done was accepted and has no row', { jobs: [failed] }],
    ['a job that never ends', 'I1 failed is still queued', hasFailed({ state: 'queued' })],
    [
      'a success that had to be a failure',
      'I5 failed is done, its end is failed no_audio',
      hasFailed({ state: 'done' }),
    ],
    [
      'a done job without its MP3',
      'I2 done is done and has the MP3s [], not [mp3-1]',
      { files: [] },
    ],
    [
      'a second MP3 of a job',
      'I2 done is done and has the MP3s [mp3-1,mp3-2], not [mp3-1]',
      { files: [mp3, { ...mp3, fileId: 'mp3-2' }] },
    ],
    [
      'a step that the table does not know',
      'I3 failed running → publish → failed is not in the table',
      hasFailed({
        history: [...failed.history.slice(0, 2), entry('running', 'publish', 'failed', 1)],
      }),
    ],
    [
      'a step that is missing',
      'I3 done queued → claim → running leads to done',
      isDone({ history: done.history.slice(0, 2), attempt: 1 }),
    ],
    [
      'a token that does not grow',
      'I3 done running → claim → running makes 0 tokens of it',
      isDone({
        history: done.history.map((one) => (one.attempt === 2 ? { ...one, token: 1 } : one)),
      }),
    ],
    [
      'an attempt that is not counted',
      'I4 done counts 1 attempts, its history 2',
      isDone({ attempt: 1 }),
    ],
    [
      'a file that was tried too often',
      'I4 failed failed 3 times with timeout,timeout,resource_limit, 2 are allowed',
      hasFailed({
        history: [
          ...failed.history.slice(0, 2),
          { ...entry('running', 'postpone', 'queued', 1), code: 'timeout' },
          { ...entry('queued', 'claim', 'running', 2) },
          { ...entry('running', 'postpone', 'queued', 2), code: 'timeout' },
          { ...entry('queued', 'claim', 'running', 3) },
          { ...entry('running', 'fail', 'failed', 3), code: 'resource_limit' },
        ],
        attempt: 3,
      }),
    ],
    [
      'an MP3 with other bytes',
      'I5 done has other bytes than its hash',
      { files: [{ ...mp3, sha256: 'bb' }] },
    ],
    [
      'an MP3 with a third of the sound',
      'I5 done has 1 s of sound, its source 3 s',
      { files: [{ ...mp3, soundSeconds: 1 }] },
    ],
    [
      'a part that is told as a part, which nobody asked for',
      'I5 done is degraded (truncated), which nobody asked for',
      isDone(degraded),
    ],
    [
      'a part of a video that is whole',
      'I5 done is degraded (truncated), its end is complete',
      isDone({ ...degraded, allowsPartial: true }),
    ],
    [
      'bytes that nobody answers for',
      'I6 mp3-9 has chunks in mp3s and no row',
      { chunked: [{ bucket: 'mp3s', fileId: 'mp3-9' }] },
    ],
    [
      'a part of a file that no work is under way on',
      'I6 video-2 is a part of a file in videos',
      { discarded: [] },
    ],
    [
      'a failure without a known code',
      'I7 failed failed with oops',
      hasFailed({ error: { code: 'oops' } }),
    ],
    ['a mail that never left', 'I8 done conversion_completed is due', mailed({ state: 'due' })],
    ['a second mail', 'I8 done conversion_completed arrived 2 times', mailed({ arrived: 2 })],
    ['a mail nobody wrote', 'I8 done no conversion_completed', { mails: census.mails.slice(1) }],
    [
      'a job that a stranger can read',
      'I9 done answers a stranger 200 to download/{id}',
      { sights: [{ jobId: 'done', path: 'download/{id}', status: 200 }] },
    ],
    [
      'a secret in a log',
      'I13 log/a.log holds a token',
      { leaks: [{ file: 'log/a.log', secret: 'a token' }] },
    ],
    ['an ffmpeg of no job', 'I10 process 7 is an ffmpeg of no job', { ffmpegs: [7] }],
    ['a bell that was heard late', 'I12 convert answers after 1000 ms', answered(200, 1_000)],
    ['a bell that was refused', 'I12 convert answers 401', answered(401, 1)],
    ['a bell without an answer', 'I12 convert answers nothing', answered(null, 1)],
  ])('finds %s', (_what, violation, changes) => {
    expect(judged(changes)).toContain(violation);
  });

  describe('of a damaged video whose owner asked for what there is', () => {
    const partOf = (changes: Partial<JobFacts>) =>
      judge({
        census: { ...census, ...isDone({ allowsPartial: true, ...changes }) },
        accepted: [{ jobId: 'done', ends: { degraded: 'truncated' } }],
        copiesAllowed: 1,
      }).map(({ invariant, about, what }) => `${invariant} ${about} ${what}`);

    test('lets an MP3 pass that says that it is a part', () => {
      expect(partOf(degraded)).toEqual([]);
    });

    test('finds one that does not', () => {
      expect(partOf({})).toEqual(['I5 done is complete, its end is degraded (truncated)']);
    });
  });

  test('lets a mail come twice where its sender was killed, and no third time', () => {
    expect(judged(mailed({ arrived: 2 }), 2)).toEqual([]);
    expect(judged(mailed({ arrived: 3 }), 2)).toEqual([
      'I8 done conversion_completed arrived 3 times',
    ]);
  });

  describe('of a job that a person asked for once more', () => {
    const history = [
      ...failed.history,
      { ...entry('failed', 'retry', 'queued', 0), token: 1 },
      { ...entry('queued', 'claim', 'running', 1), token: 2 },
      { ...entry('running', 'fail', 'failed', 1), token: 2 },
    ];
    const [, first = sent] = census.mails;
    const told = (...mails: MailFacts[]) =>
      judged({ ...hasFailed({ history }), mails: [sent, ...mails] });

    test('wants one mail for each round', () => {
      expect(told(first, { ...first, round: 2 })).toEqual([]);
      expect(told(first)).toEqual(['I8 failed no conversion_failed of round 2']);
      expect(told({ ...first, round: 2 })).toEqual(['I8 failed no conversion_failed']);
      expect(told(first, { ...first, round: 2, arrived: 2 })).toEqual([
        'I8 failed conversion_failed of round 2 arrived 2 times',
      ]);
    });

    test('lets a mail go that the person did not wait for, and not the last one', () => {
      const dropped = { ...first, state: 'failed', arrived: 0 } as const;
      expect(told(dropped, { ...first, round: 2 })).toEqual([]);
      expect(told(first, { ...dropped, round: 2 })).toEqual([
        'I8 failed conversion_failed of round 2 is failed',
      ]);
    });
  });
});
