import type { JobFacts } from '../invariants/census.ts';
import type { SignsOfLife } from './signs-of-life.ts';

/**
 * Seconds from the end of each worker that left a job unfinished to the claim of the next: from
 * its last sign of life, or from when it gave the job back. By the database's clock; never too
 * short, and too long by one heartbeat at most while Postgres answers.
 */
export function recoveriesOf(
  { id, history }: Pick<JobFacts, 'id' | 'history'>,
  { lastSeen }: Pick<SignsOfLife, 'lastSeen'>,
): number[] {
  return history.flatMap(({ step, at }, index) => {
    const before = history[index - 1];
    if (step !== 'claim' || before === undefined) return [];
    if (before.step !== 'claim' && before.step !== 'give_back') return [];
    const noted = Date.parse(before.at);
    const seen = before.step === 'claim' ? lastSeen(id, before.token)?.getTime() : undefined;
    return [(Date.parse(at) - Math.max(noted, seen ?? noted)) / 1_000];
  });
}

/** The value that so large a share of all is not above, 0 to 1; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? sorted[0] ?? 0;
}
