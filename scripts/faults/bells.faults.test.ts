import { describe, expect, test } from '@jest/globals';
import { topics } from '#shared/contracts/events';
import { ring } from '../testing/bells.ts';
import { submitMany } from '../testing/crowd.ts';
import { random, sized } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';
import { jobRow } from '../testing/stored.ts';

const jobs = sized(12, 300);
const times = 20;

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, rank: random.share() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

describe('bells', () => {
  test(
    'S3: each rings twenty times more, shuffled: one attempt, one MP3 and one mail for each job',
    async () => {
      const { accepted } = await submitMany({ jobs, seconds: 0 });
      // Of each kind, also of what has not happened yet or never will.
      const bells = accepted.flatMap(({ jobId }) =>
        topics.map((type) => ({ v: 1 as const, type, jobId })),
      );
      await ring(shuffled(Array.from({ length: times }, () => bells).flat()));
      await everyPromiseHolds(accepted, { withinSeconds: 90 + jobs, answerSeconds: 10 });
      for (const { jobId } of accepted) {
        const { history } = await jobRow(jobId);
        expect(history.filter(({ step }) => step === 'claim')).toHaveLength(1);
      }
    },
    (240 + 3 * jobs) * 1_000,
  );
});
