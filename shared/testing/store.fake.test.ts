import { describeJobClaims } from './job-claims.contract.ts';
import { describeJobIntake } from './job-intake.contract.ts';
import { describeJobShelf } from './job-shelf.contract.ts';
import type { MakeStore } from './store.ts';
import { createFakeStore } from './store.fake.ts';

const makeStore: MakeStore = (settings) => Promise.resolve(createFakeStore(settings));

describeJobIntake('in memory', makeStore);
describeJobClaims('in memory', makeStore);
describeJobShelf('in memory', makeStore);
