import type { Guard } from './guard.ts';
import { guardsOfAnswers } from './of-answers.ts';
import { guardsOfBytes } from './of-bytes.ts';
import { guardsOfJobs } from './of-jobs.ts';

/** All guards, by the number of their promise. */
export const guards: readonly Guard[] = [
  ...guardsOfJobs,
  ...guardsOfBytes,
  ...guardsOfAnswers,
].toSorted((one, other) => numberOf(one) - numberOf(other));

function numberOf({ invariant }: Guard): number {
  return Number(invariant.slice(1));
}
