import type { Census } from '../invariants/census.ts';
import type { Violation } from '../invariants/invariant.ts';

/** What a run came to: the last line of its output, for programs. */
export interface Verdict {
  readonly seed: number;
  readonly jobs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly done: number;
  readonly failed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly orphaned: number;
  readonly illegalEdges: number;
  readonly falseSuccess: number;
  /** Of any kind. */
  readonly violations: number;
  /** Jobs by the attempts they took. */
  readonly attempts: Readonly<Record<number, number>>;
  /** The longest time from a claim to the claim that replaced it. */
  readonly slowestRecoverySeconds: number;
}

/** Counts the violations by what they mean for a person. */
export function verdictOf(
  run: Pick<Verdict, 'seed' | 'jobs' | 'accepted' | 'refused'>,
  { jobs }: Census,
  violations: readonly Violation[],
): Verdict {
  const of = (...invariants: readonly string[]) =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  const ended = (state: string) => jobs.filter((job) => job.state === state).length;
  const byAttempt = Map.groupBy(jobs, ({ attempt }) => attempt);
  return {
    ...run,
    done: ended('done'),
    failed: ended('failed'),
    lost: of('I1'),
    doubled: of('I2', 'I8'),
    orphaned: of('I6', 'I10'),
    illegalEdges: of('I3', 'I4'),
    falseSuccess: of('I5'),
    violations: violations.length,
    attempts: Object.fromEntries([...byAttempt].map(([attempt, all]) => [attempt, all.length])),
    slowestRecoverySeconds: Math.max(0, ...jobs.flatMap(recoveries)),
  };
}

/** Seconds from each claim of a job to the claim that took it over. */
function recoveries({ history }: Census['jobs'][number]): number[] {
  return history.flatMap(({ step, at }, index) => {
    const before = history[index - 1];
    if (step !== 'claim' || before?.step !== 'claim') return [];
    return [Math.round((Date.parse(at) - Date.parse(before.at)) / 100) / 10];
  });
}
