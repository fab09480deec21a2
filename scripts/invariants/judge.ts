import type { Invariant, Judged, Violation } from './invariant.ts';
import { bytesAreOwned, degradedIsTold, nothingIsDoubled, successIsTrue } from './of-bytes.ts';
import { answersAreQuick, mailsAreSingle, processesEnd } from './of-effects.ts';
import { attemptsAreLimited, failuresAreNamed, nothingIsLost, stepsAreAllowed } from './of-jobs.ts';
import { jobsArePrivate, logsAreDiscreet } from './of-privacy.ts';

const invariants: readonly Invariant[] = [
  nothingIsLost,
  nothingIsDoubled,
  stepsAreAllowed,
  attemptsAreLimited,
  successIsTrue,
  degradedIsTold,
  bytesAreOwned,
  failuresAreNamed,
  mailsAreSingle,
  jobsArePrivate,
  processesEnd,
  logsAreDiscreet,
  answersAreQuick,
];

/**
 * The promises of the service, checked against everything that is there (reliability.md §2). Run
 * it after the faults have ended, every job had its time, and the last sweep found nothing.
 */
export function judge(judged: Judged): readonly Violation[] {
  return invariants.flatMap((invariant) => invariant(judged));
}
