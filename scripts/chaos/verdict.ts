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
  /** Secrets in logs, and jobs that somebody else could see. */
  readonly exposed: number;
  /** Of any kind. */
  readonly violations: number;
  /** Jobs by the attempts they took; those whose upload was cut off never were jobs. */
  readonly attempts: Readonly<Record<number, number>>;
  /** Workers that left a job unfinished. */
  readonly recoveries: number;
  /** The longest time from a worker's last sign of life to the claim that replaced it. */
  readonly slowestRecoverySeconds: number;
}

/** Counts the violations by what they mean for a person. */
export function verdictOf(
  run: Pick<Verdict, 'seed' | 'jobs' | 'accepted' | 'refused'>,
  { jobs }: Pick<Census, 'jobs'>,
  violations: readonly Violation[],
  recoveries: readonly number[],
): Verdict {
  const of = (...invariants: readonly string[]) =>
    violations.filter(({ invariant }) => invariants.includes(invariant)).length;
  const ended = (state: string) => jobs.filter((job) => job.state === state).length;
  const whole = jobs.filter(({ state }) => state !== 'aborted');
  const byAttempt = Map.groupBy(whole, ({ attempt }) => attempt);
  return {
    ...run,
    done: ended('done'),
    failed: ended('failed'),
    lost: of('I1'),
    doubled: of('I2', 'I8'),
    orphaned: of('I6', 'I10'),
    illegalEdges: of('I3', 'I4'),
    falseSuccess: of('I5'),
    exposed: of('I9', 'I13'),
    violations: violations.length,
    attempts: Object.fromEntries([...byAttempt].map(([attempt, all]) => [attempt, all.length])),
    recoveries: recoveries.length,
    slowestRecoverySeconds: Math.round(Math.max(0, ...recoveries) * 10) / 10,
  };
}
