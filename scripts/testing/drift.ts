import { quantile } from '../bench/quantile.ts';

/** How much of something there was in the second quarter of a time, and in the last. */
export interface Drift {
  readonly early: number;
  readonly late: number;
}

/** Compares medians: single peaks do not count, and neither does the first quarter's warming up. */
export function driftOf(samples: readonly number[]): Drift {
  const quarter = Math.floor(samples.length / 4);
  return {
    early: quantile(samples.slice(quarter, 2 * quarter), 0.5),
    late: quantile(samples.slice(3 * quarter), 0.5),
  };
}

/** Whether there is at most `share` more late than early, and `more` besides. */
export function isFlat({ early, late }: Drift, allowed: { share: number; more: number }): boolean {
  return late <= early * (1 + allowed.share) + allowed.more;
}
