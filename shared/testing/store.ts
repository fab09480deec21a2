import type { ErrorCode } from '#shared/core/errors';
import type { JobState, JobStep } from '#shared/core/jobs';
import type {
  IdempotencyKeys,
  JobChanges,
  JobClaims,
  JobIntake,
  JobOutlooks,
  JobShelf,
  JobUpkeep,
  Mails,
  Outbox,
  Sessions,
  Users,
} from '#shared/core/ports';
import type { Retention } from '#shared/core/retention';
import type { JobTraces } from '#shared/core/timeline';

/** One line of a job's history. */
export interface Edge {
  readonly at: string;
  readonly from: JobState;
  readonly step: JobStep;
  readonly to: JobState;
  readonly attempt: number;
  readonly token: number;
  /** Of the error that the step was made with. */
  readonly code?: ErrorCode;
}

/** All ports over one store of truth: the fake of fake-store.ts, or Postgres. */
export interface Store {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly jobIntake: JobIntake;
  readonly jobClaims: JobClaims;
  readonly jobShelf: JobShelf;
  readonly jobChanges: JobChanges;
  readonly jobOutlooks: JobOutlooks;
  readonly jobUpkeep: JobUpkeep;
  readonly jobTraces: JobTraces;
  readonly outbox: Outbox;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly mails: Mails;
  /** What no port shows: the way a job went. */
  history(jobId: string): Promise<readonly Edge[]>;
}

/** Makes an empty store for one test. */
export type MakeStore = (settings?: { readonly retention?: Retention }) => Promise<Store>;

/** Everything is over at once: for tests of what happens after retention. */
export const noRetention: Retention = { sourceSeconds: 0, resultSeconds: 0, rowSeconds: 0 };

/** The domain of Message-IDs in tests. */
export const mailDomain = 'mail.example';
