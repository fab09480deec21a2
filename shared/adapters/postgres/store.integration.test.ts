import { afterAll, beforeAll } from '@jest/globals';
import { describeIdempotencyKeys } from '#shared/testing/idempotency-keys.contract';
import { describeJobChanges } from '#shared/testing/job-changes.contract';
import { describeJobCheckpoints } from '#shared/testing/job-checkpoints.contract';
import { describeJobClaims } from '#shared/testing/job-claims.contract';
import { describeJobIntake } from '#shared/testing/job-intake.contract';
import { describeJobOutlooks } from '#shared/testing/job-outlooks.contract';
import { describeJobShelf } from '#shared/testing/job-shelf.contract';
import { describeJobTraces } from '#shared/testing/job-traces.contract';
import { describeJobUpkeep } from '#shared/testing/job-upkeep.contract';
import { createSilentLog } from '#shared/testing/log.fake';
import { describeMails } from '#shared/testing/mails.contract';
import { describeRateLimiter } from '#shared/testing/rate-limiter.contract';
import { describeSessions } from '#shared/testing/sessions.contract';
import type { MakeStore } from '#shared/testing/store';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';
import { describeUsers } from '#shared/testing/users.contract';
import { createRateLimiter } from './rate-limiter.ts';

const name = 'Postgres';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());

const makeStore: MakeStore = (settings) => database.makeStore(settings);

describeJobIntake(name, makeStore);
describeJobClaims(name, makeStore);
describeJobCheckpoints(name, makeStore);
describeJobShelf(name, makeStore);
describeJobUpkeep(name, makeStore);
describeJobTraces(name, makeStore);
describeJobChanges(name, makeStore);
describeJobOutlooks(name, makeStore);
describeMails(name, makeStore);
describeUsers(name, makeStore);
describeIdempotencyKeys(name, makeStore);
describeRateLimiter(name, () => {
  const budget = { name: 'test', points: 10, seconds: 60 };
  return createRateLimiter(database.pool, budget, createSilentLog());
});
describeSessions(name, async () => ({
  store: await makeStore(),
  async age(seconds) {
    await database.pool.query(
      'UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $1)',
      [seconds],
    );
  },
}));
