import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';
import { fakeIdempotencyKeys } from '#shared/testing/idempotency-keys.fake';
import { fakeJobClaims } from '#shared/testing/job-claims.fake';
import { fakeJobIntake } from '#shared/testing/job-intake.fake';
import { fakeJobOutlooks } from '#shared/testing/job-outlooks.fake';
import { fakeJobChanges, fakeJobShelf } from '#shared/testing/job-shelf.fake';
import { fakeJobTraces } from '#shared/testing/job-traces.fake';
import { fakeJobUpkeep, fakeOutbox } from '#shared/testing/job-upkeep.fake';
import { fakeMails } from '#shared/testing/mails.fake';
import { fakeSessions } from '#shared/testing/sessions.fake';
import { mailDomain } from '#shared/testing/store';
import type { Store } from '#shared/testing/store';
import { later } from '#shared/testing/store-rows.fake';
import type { Rows } from '#shared/testing/store-rows.fake';
import { fakeUsers } from '#shared/testing/users.fake';

/**
 * The store of truth in memory: every port over the same rows, with the rules of Postgres.
 * `now` (milliseconds since 1970) stands for the database's clock.
 */
export function createFakeStore({
  now = Date.now,
  retention = defaultRetention,
}: { readonly now?: () => number; readonly retention?: Retention } = {}): Store {
  const rows: Rows = {
    now,
    retention,
    users: new Map(),
    sessions: new Map(),
    jobs: new Map(),
    bells: [],
    mails: [],
    discarded: new Map(),
    keys: new Map(),
    listeners: new Map(),
  };
  return {
    users: fakeUsers(rows),
    sessions: fakeSessions(rows),
    jobIntake: fakeJobIntake(rows),
    jobClaims: fakeJobClaims(rows),
    jobShelf: fakeJobShelf(rows),
    jobChanges: fakeJobChanges(rows),
    jobOutlooks: fakeJobOutlooks(rows),
    jobUpkeep: fakeJobUpkeep(rows),
    jobTraces: fakeJobTraces(rows),
    outbox: fakeOutbox(rows),
    idempotencyKeys: fakeIdempotencyKeys(rows),
    mails: fakeMails(rows, mailDomain),
    history: (jobId) => later(() => rows.jobs.get(jobId)?.history ?? []),
  };
}
