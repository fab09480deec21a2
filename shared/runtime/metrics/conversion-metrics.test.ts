import { describe, expect, test } from '@jest/globals';
import { createConversionMetrics } from './conversion-metrics.ts';
import { exposition } from './exposition.ts';

const linesOf = ({ metrics }: ReturnType<typeof createConversionMetrics>) =>
  exposition(metrics).split('\n');

describe('createConversionMetrics', () => {
  test('shows claims, ends by outcome, sound, time and speed', () => {
    const conversions = createConversionMetrics();
    conversions.tally.claimed();
    conversions.tally.claimed();
    conversions.tally.ended('done');
    conversions.tally.ended('no_audio');
    conversions.tally.converted(60, 4);

    expect(linesOf(conversions)).toEqual(
      expect.arrayContaining([
        'v2m_claims_total 2',
        'v2m_attempts_total{outcome="done"} 1',
        'v2m_attempts_total{outcome="no_audio"} 1',
        'v2m_sound_seconds_total 60',
        'v2m_conversion_seconds_bucket{le="1"} 0',
        'v2m_conversion_seconds_bucket{le="5"} 1',
        'v2m_conversion_speed_sum 15',
      ]),
    );
  });

  test('shows nothing of a worker that has not worked', () => {
    expect(linesOf(createConversionMetrics()).filter((line) => !/^(#|$)/.test(line))).toEqual([]);
  });
});
