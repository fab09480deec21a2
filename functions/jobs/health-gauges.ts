import type { Health } from '#shared/contracts/health';

/** A figure of the health, as the runtime's metrics take it. */
interface HealthGauge {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge';
  samples(): readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** The health as gauges. What there is nothing to measure of has no line. */
export function healthGauges(health: Health): readonly HealthGauge[] {
  const { jobs, results, sweep, connector, outbox, mails, failures } = health;
  const silences = Object.entries(connector).map(
    ([topic, { silentSeconds }]) => [topic, silentSeconds] as const,
  );
  return [
    one('degraded', 'Whether somebody has to look: 1 or 0.', health.status === 'ok' ? 0 : 1),
    many(
      'ailment',
      'What is wrong now.',
      'ailment',
      health.ailments.map((name) => [name, 1] as const),
    ),
    many('jobs', 'Jobs by what they wait for.', 'state', [
      ['uploading', jobs.uploading],
      ['waiting', jobs.waiting],
      ['postponed', jobs.postponed],
      ['running', jobs.running],
    ]),
    one('jobs_expired_leases', 'Running jobs whose worker is silent.', jobs.expiredLeases),
    one('jobs_oldest_waiting_seconds', 'How long the first waits.', jobs.oldestWaitingSeconds),
    many(
      'jobs_by_attempt',
      'Jobs under way by attempt.',
      'attempt',
      Object.entries(jobs.byAttempt),
    ),
    many('jobs_failed_last_day', 'Failed jobs by code.', 'code', Object.entries(failures.day)),
    one('results_damaged_last_day', 'MP3s found damaged in the store.', results.damagedInDay),
    one('sweep_age_seconds', 'Since a sweep ended.', sweep.ageSeconds),
    many(
      'sweep_last',
      'What the last sweep did; -1: failed.',
      'step',
      Object.entries(sweep.counts),
    ),
    many('connector_silent_seconds', 'Since a bell was rung and not heard.', 'topic', silences),
    one('bells_unrung', 'Bells that did not ring yet.', outbox.unrung),
    one('mails_due', 'Mails that wait to be sent.', mails.due),
    one('mails_failed_last_day', 'Mails that were given up.', mails.failedInDay),
  ];
}

function one(name: string, help: string, value: number | null): HealthGauge {
  return gauge(name, help, value === null ? [] : [{ labels: {}, value }]);
}

function many(
  name: string,
  help: string,
  label: string,
  values: readonly (readonly [string, number | null])[],
): HealthGauge {
  const samples = values.flatMap(([key, value]) =>
    value === null ? [] : [{ labels: { [label]: key }, value }],
  );
  return gauge(name, help, samples);
}

function gauge(name: string, help: string, samples: ReturnType<HealthGauge['samples']>) {
  return { name: `v2m_${name}`, help, type: 'gauge', samples: () => samples } as const;
}
