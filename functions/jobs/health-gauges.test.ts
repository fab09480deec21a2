import { describe, expect, test } from '@jest/globals';
import type { Health } from '#shared/contracts/health';
import { exposition } from '#shared/runtime/metrics/exposition';
import { healthGauges } from './health-gauges.ts';

const health: Health = {
  status: 'degraded',
  ailments: ['connector_silent'],
  jobs: {
    uploading: 1,
    waiting: 2,
    postponed: 3,
    running: 4,
    expiredLeases: 5,
    oldestWaitingSeconds: null,
    oldestLeaseSeconds: null,
    byAttempt: { 1: 6 },
  },
  failures: { hour: {}, day: { no_audio: 7 } },
  results: { damagedInDay: 12 },
  sweep: { ageSeconds: 8, counts: { rung: -1 } },
  connector: {
    video_uploaded: { heardSecondsAgo: null, silentSeconds: 90 },
    conversion_failed: { heardSecondsAgo: 3, silentSeconds: null },
  },
  outbox: { unrung: 9, oldestSeconds: 1 },
  mails: { due: 10, oldestDueSeconds: 1, failedInHour: 0, failedInDay: 11 },
};
const lines = (shown: Health) =>
  exposition(healthGauges(shown))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

describe('healthGauges', () => {
  test('makes a line of each figure, and none of what was not measured', () => {
    expect(lines(health)).toEqual([
      'v2m_degraded 1',
      'v2m_ailment{ailment="connector_silent"} 1',
      'v2m_jobs{state="uploading"} 1',
      'v2m_jobs{state="waiting"} 2',
      'v2m_jobs{state="postponed"} 3',
      'v2m_jobs{state="running"} 4',
      'v2m_jobs_expired_leases 5',
      'v2m_jobs_by_attempt{attempt="1"} 6',
      'v2m_jobs_failed_last_day{code="no_audio"} 7',
      'v2m_results_damaged_last_day 12',
      'v2m_sweep_age_seconds 8',
      'v2m_sweep_last{step="rung"} -1',
      'v2m_connector_silent_seconds{topic="video_uploaded"} 90',
      'v2m_bells_unrung 9',
      'v2m_mails_due 10',
      'v2m_mails_failed_last_day 11',
    ]);
  });

  test('names no ailment where there is none', () => {
    const shown = lines({ ...health, status: 'ok', ailments: [] });
    expect(shown[0]).toBe('v2m_degraded 0');
    expect(shown.join('\n')).not.toContain('v2m_ailment');
  });
});
