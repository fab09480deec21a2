import { describe, expect, test } from '@jest/globals';
import type { Job } from '#shared/core/job';
import { estimate, noEstimate } from './estimate.ts';
import type { Outlook } from './estimate.ts';

const job = (changes: Partial<Job>): Job => ({
  id: '0190a8f0-0000-7000-8000-000000000001',
  ownerId: '0190a8f0-0000-7000-8000-00000000000a',
  state: 'running',
  source: { fileId: 'a'.repeat(24), name: 'clip.mp4', bytes: 1_000, sha256: 'b'.repeat(64) },
  options: { bitrate: 192 },
  round: 1,
  attempt: 1,
  progress: 0,
  result: undefined,
  receipt: undefined,
  error: undefined,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  expiresAt: undefined,
  ...changes,
});

/** Ten bytes a second. */
const recent = { bytes: 5_000, seconds: 500 };
const none = { bytes: 0, seconds: 0 };
const first = (elapsedSeconds: number) => ({ elapsedSeconds, isFirst: true });
const queue = { ahead: 3, bytesAhead: 2_000, running: 2, dueInSeconds: 0 };
const estimated = (changes: Partial<Job>, outlook: Omit<Outlook, 'overdueSeconds'>) =>
  estimate(job(changes), { overdueSeconds: 0, ...outlook });
const left = (changes: Partial<Job>, outlook: Omit<Outlook, 'overdueSeconds'>) =>
  estimated(changes, outlook).secondsLeft;

describe('estimate of a running job', () => {
  test('goes on at the speed that it has had so far', () => {
    expect(left({ progress: 0.25 }, { recent: none, attempt: first(10) })).toBe(30);
    expect(left({ progress: 0.5 }, { recent: none, attempt: first(10) })).toBe(10);
  });

  test('says nothing before it has a speed', () => {
    expect(left({ progress: 0 }, { recent: none, attempt: first(1) })).toBeNull();
    expect(left({ progress: 0.01 }, { recent: none, attempt: first(1) })).toBeNull();
  });

  test('begins with what jobs of its size took lately', () => {
    expect(left({ progress: 0 }, { recent, attempt: first(0) })).toBe(100);
  });

  test('believes its own speed more and more', () => {
    // Its own speed says 10 s in all, those before it 100 s.
    const at = (progress: number) => left({ progress }, { recent, attempt: first(10 * progress) });
    expect([at(0), at(0.1), at(0.5), at(0.9)]).toEqual([100, 36, 10, 2]);
  });

  test('takes the share of an earlier attempt for no speed of its own', () => {
    const attempt = { elapsedSeconds: 1, isFirst: false };
    expect(left({ progress: 0.6 }, { recent, attempt })).toBe(40);
    expect(left({ progress: 0.6 }, { recent: none, attempt })).toBeNull();
  });

  test('comes to nothing at the end', () => {
    expect(left({ progress: 1 }, { recent, attempt: first(7) })).toBe(0);
  });

  test('has no place in the queue', () => {
    expect(estimated({}, { recent, attempt: first(1) }).ahead).toBeNull();
  });
});

describe('estimate of a queued job', () => {
  const state = 'queued';

  test('is the work ahead, shared by those who work, and then its own', () => {
    expect(estimated({ state }, { recent, queue })).toEqual({ secondsLeft: 200, ahead: 3 });
  });

  test('counts one worker where none has begun', () => {
    expect(left({ state }, { recent, queue: { ...queue, running: 0 } })).toBe(300);
  });

  test('is never sooner than the job may start', () => {
    expect(left({ state }, { recent, queue: { ...queue, dueInSeconds: 250 } })).toBe(350);
    expect(left({ state }, { recent, queue: { ...queue, dueInSeconds: 50 } })).toBe(200);
  });

  test('tells its place also where no speed is known', () => {
    expect(estimated({ state }, { recent: none, queue })).toEqual({
      secondsLeft: null,
      ahead: 3,
    });
  });
});

describe('estimate', () => {
  test.each(['uploading', 'done', 'failed', 'cancelled'] as const)(
    'says nothing of %s',
    (state) => {
      expect(estimate(job({ state }), undefined)).toEqual(noEstimate);
      expect(estimated({ state }, { recent, queue, attempt: first(1) })).toEqual(noEstimate);
    },
  );

  test('says nothing where the job has moved on between two looks', () => {
    expect(estimated({ state: 'queued' }, { recent, attempt: first(1) })).toEqual(noEstimate);
    expect(estimated({ state: 'running' }, { recent, queue })).toEqual(noEstimate);
  });
});
