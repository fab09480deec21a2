import { describe, expect, test } from '@jest/globals';
import { ailments } from '#shared/contracts/health';
import { judge, thresholds, type Figures } from './health.ts';

const well: Figures = {
  jobs: {
    uploading: 1,
    waiting: 3,
    postponed: 1,
    running: 2,
    expiredLeases: 0,
    oldestWaitingSeconds: 4,
    oldestLeaseSeconds: null,
    byAttempt: { 0: 4, 1: 2 },
  },
  failures: { hour: { no_audio: 2, resource_limit: 1 }, day: { no_audio: 5, storage: 1 } },
  results: { damagedInDay: 0 },
  sweep: { ageSeconds: 12, counts: { rung: 0, called: 2 } },
  connector: {
    video_uploaded: { heardSecondsAgo: 1, silentSeconds: null },
    conversion_failed: { heardSecondsAgo: null, silentSeconds: null },
  },
  outbox: { unrung: 1, oldestSeconds: 1 },
  mails: { due: 1, oldestDueSeconds: 2, failedInHour: 0, failedInDay: 1 },
};
const { jobs, mails } = well;
const sweptAgo = (ageSeconds: number | null): Figures => ({
  ...well,
  sweep: { ...well.sweep, ageSeconds },
});
const waiting = (oldestWaitingSeconds: number): Figures => ({
  ...well,
  jobs: { ...jobs, oldestWaitingSeconds },
});
const over = (oldestLeaseSeconds: number): Figures => ({
  ...well,
  jobs: { ...jobs, expiredLeases: 1, oldestLeaseSeconds },
});
const silent = (silentSeconds: number): Figures => ({
  ...well,
  connector: { video_uploaded: { heardSecondsAgo: 900, silentSeconds } },
});
const unrung = (oldestSeconds: number): Figures => ({
  ...well,
  outbox: { unrung: 1, oldestSeconds },
});
const mailDue = (oldestDueSeconds: number): Figures => ({
  ...well,
  mails: { ...mails, oldestDueSeconds },
});

describe('judge', () => {
  test('calls a busy service ok, with all its figures', () => {
    expect(judge(well)).toEqual({ status: 'ok', ailments: [], ...well });
  });

  test.each([
    ['sweep_late', sweptAgo, thresholds.sweepAge],
    ['queue_late', waiting, thresholds.oldestWaiting],
    ['leases_expired', over, thresholds.leaseOver],
    ['connector_silent', silent, thresholds.connectorSilent],
    ['bells_unrung', unrung, thresholds.oldestUnrung],
    ['mails_late', mailDue, thresholds.oldestMail],
  ] as const)('says %s beyond its threshold and not at it', (ailment, figures, limit) => {
    expect(judge(figures(limit))).toMatchObject({ status: 'ok', ailments: [] });
    expect(judge(figures(limit + 1))).toMatchObject({ status: 'degraded', ailments: [ailment] });
  });

  test('sees a dead consumer in less than two minutes (14)', () => {
    expect(thresholds.connectorSilent).toBeLessThan(120);
  });

  test('says sweep_late where none ever ended (36)', () => {
    expect(judge(sweptAgo(null)).ailments).toEqual(['sweep_late']);
  });

  test('says sweep_failing where a step failed', () => {
    const sweep = { ageSeconds: 1, counts: { rung: 0, deleted: -1 } };
    expect(judge({ ...well, sweep }).ailments).toEqual(['sweep_failing']);
  });

  test('says mails_failing where one was given up within the hour', () => {
    expect(judge({ ...well, mails: { ...mails, failedInHour: 1 } }).ailments).toEqual([
      'mails_failing',
    ]);
  });

  test('says results_damaged where a part of an MP3 is missing (38)', () => {
    expect(judge({ ...well, results: { damagedInDay: 1 } }).ailments).toEqual(['results_damaged']);
  });

  test.each(['storage', 'internal', 'unavailable', 'stored_file_damaged'])(
    'says jobs_failing where a job failed with %s within the hour',
    (code) => {
      const failures = { hour: { [code]: 1 }, day: { [code]: 1 } };
      expect(judge({ ...well, failures }).ailments).toEqual(['jobs_failing']);
    },
  );

  test('names every ailment at once', () => {
    const ill: Figures = {
      jobs: { ...jobs, oldestWaitingSeconds: 9e3, oldestLeaseSeconds: 9e3 },
      failures: { hour: { storage: 1 }, day: {} },
      results: { damagedInDay: 1 },
      sweep: { ageSeconds: 9e3, counts: { rung: -1 } },
      connector: silent(9e3).connector,
      outbox: { unrung: 1, oldestSeconds: 9e3 },
      mails: { ...mails, oldestDueSeconds: 9e3, failedInHour: 1 },
    };
    expect(judge(ill).ailments).toEqual(ailments);
  });
});
