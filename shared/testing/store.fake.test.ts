import { describeIdempotencyKeys } from './idempotency-keys.contract.ts';
import { describeJobChanges } from './job-changes.contract.ts';
import { describeJobCheckpoints } from './job-checkpoints.contract.ts';
import { describeJobClaims } from './job-claims.contract.ts';
import { describeJobIntake } from './job-intake.contract.ts';
import { describeJobOutlooks } from './job-outlooks.contract.ts';
import { describeJobShelf } from './job-shelf.contract.ts';
import { describeJobTraces } from './job-traces.contract.ts';
import { describeJobUpkeep } from './job-upkeep.contract.ts';
import { describeMails } from './mails.contract.ts';
import { describeRateLimiter } from './rate-limiter.contract.ts';
import { createFakeRateLimiter } from './rate-limiter.fake.ts';
import { describeSessions } from './sessions.contract.ts';
import { createFakeStore } from './store.fake.ts';
import type { MakeStore } from './store.ts';
import { describeUsers } from './users.contract.ts';

const name = 'in memory';
const makeStore: MakeStore = (settings) => Promise.resolve(createFakeStore(settings));

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
describeRateLimiter(name, () => createFakeRateLimiter(10));
describeSessions(name, () => {
  let passedMs = 0;
  const store = createFakeStore({ now: () => Date.now() + passedMs });
  const age = (seconds: number) => {
    passedMs += seconds * 1_000;
    return Promise.resolve();
  };
  return Promise.resolve({ store, age });
});
