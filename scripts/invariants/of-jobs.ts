import { attemptLimit, sentence } from '#shared/core/errors';
import { isActive, mostAttempts, next } from '#shared/core/jobs';
import type { HistoryEntry, JobFacts } from './census.ts';
import { type Invariant, violation } from './invariant.ts';

/** I1 and I5: whatever was taken with a 2xx has come to the end that it must come to. */
export const nothingIsLost: Invariant = ({ census, accepted }) => {
  const jobs = new Map(census.jobs.map((job) => [job.id, job]));
  return accepted.flatMap(({ jobId, ends }) => {
    const job = jobs.get(jobId);
    if (job === undefined) return violation('I1', jobId, 'was accepted and has no row');
    if (isActive(job.state)) return violation('I1', jobId, `is still ${job.state}`);
    const wanted = 'code' in ends ? `failed ${ends.code}` : 'done';
    const found = job.state === 'failed' ? `failed ${job.error?.code ?? ''}` : job.state;
    if (found === wanted) return [];
    // A success that had to be a failure is worse than a loss: it is a false one.
    const broken = found === 'done' ? 'I5' : 'I1';
    return violation(broken, jobId, `is ${found}, its end is ${wanted}`);
  });
};

/** I3: every step is one that the table allows, the steps join, and tokens only grow. */
export const stepsAreAllowed: Invariant = ({ census }) =>
  census.jobs.flatMap(({ id, state, history }) => {
    const states = history.map(({ from }) => from).concat(state);
    return history.flatMap((entry, index) => {
      const before = history[index - 1];
      const faults = [
        next(entry.from, entry.step) !== entry.to && 'is not in the table',
        entry.to !== states[index + 1] && `leads to ${states[index + 1] ?? 'nowhere'}`,
        tokenFault(entry, before),
      ];
      return faults
        .filter((fault) => fault !== false && fault !== undefined)
        .flatMap((fault) =>
          violation('I3', id, `${entry.from} → ${entry.step} → ${entry.to} ${fault}`),
        );
    });
  });

function tokenFault(entry: HistoryEntry, before: HistoryEntry | undefined): string | undefined {
  const grown = entry.token - (before?.token ?? 0);
  return grown === (entry.step === 'claim' ? 1 : 0) ? undefined : `makes ${grown} tokens of it`;
}

/** I4: no more attempts than the limit, and none counted that was given back. */
export const attemptsAreLimited: Invariant = ({ census }) =>
  census.jobs.flatMap((job) => {
    const counted = claimsOf(job);
    if (counted !== job.attempt) {
      return violation('I4', job.id, `counts ${job.attempt} attempts, its history ${counted}`);
    }
    return counted <= mostAttempts
      ? failuresAreLimited(job)
      : violation('I4', job.id, `had ${counted} attempts, ${mostAttempts} are allowed`);
  });

/** No kind of failure came more often, since the person last asked, than it may be tried. */
function failuresAreLimited({ id, history }: JobFacts) {
  const round = history.slice(history.findLastIndex(({ step }) => step === 'retry') + 1);
  const codes = round.flatMap(({ code }) => code ?? []);
  const kinds = Map.groupBy(codes, (code) => attemptLimit[code]);
  return [...kinds].flatMap(([limit, alike]) =>
    alike.length <= limit
      ? []
      : violation(
          'I4',
          id,
          `failed ${alike.length} times with ${alike.join()}, ${limit} are allowed`,
        ),
  );
}

/** Claims since the person last asked for the job, without those that were given back. */
function claimsOf({ history }: JobFacts): number {
  return history.reduce((claims, { step }) => {
    if (step === 'claim') return claims + 1;
    if (step === 'give_back') return claims - 1;
    return step === 'retry' ? 0 : claims;
  }, 0);
}

/** I7: a failed job says why, with a code of the closed list. */
export const failuresAreNamed: Invariant = ({ census }) =>
  census.jobs.flatMap(({ id, state, error }) =>
    state !== 'failed' || (error && error.code in sentence)
      ? []
      : violation('I7', id, `failed with ${error?.code ?? 'no code'}`),
  );
