import { createCounter, createHistogram, type Metric } from './metric.ts';

/** Counts jobs for `countedClaims`, and shows the counts. */
export interface ConversionMetrics {
  readonly tally: {
    claimed(): void;
    ended(outcome: string): void;
    converted(soundSeconds: number, workSeconds: number): void;
  };
  readonly metrics: readonly Metric[];
}

/** In seconds: from a ring tone to a film. */
const workBounds = [1, 5, 15, 60, 300, 900, 3_600];
/** Seconds of sound a second: below 1, listening would be faster. */
const speedBounds = [1, 5, 10, 25, 50, 100, 200];

/** Counters of one worker at nothing. */
export function createConversionMetrics(): ConversionMetrics {
  const claims = createCounter({ name: 'v2m_claims_total', help: 'Jobs that were claimed.' });
  const attempts = createCounter({
    name: 'v2m_attempts_total',
    help: 'Attempts that ended: done, given_back, lost, or the code of their error.',
  });
  const sound = createCounter({
    name: 'v2m_sound_seconds_total',
    help: 'Seconds of sound that were published.',
  });
  const work = createHistogram(
    { name: 'v2m_conversion_seconds', help: 'From the claim to the published MP3.' },
    workBounds,
  );
  const speed = createHistogram(
    { name: 'v2m_conversion_speed', help: 'Seconds of sound converted in a second.' },
    speedBounds,
  );
  return {
    tally: {
      claimed: () => claims.add({}),
      ended: (outcome) => attempts.add({ outcome }),
      converted(soundSeconds, workSeconds) {
        sound.add({}, soundSeconds);
        work.observe({}, workSeconds);
        if (workSeconds > 0) speed.observe({}, soundSeconds / workSeconds);
      },
    },
    metrics: [claims, attempts, sound, work, speed],
  };
}
