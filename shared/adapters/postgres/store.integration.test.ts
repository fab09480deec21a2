import { afterAll, beforeAll } from '@jest/globals';
import { describeJobClaims } from '#shared/testing/job-claims.contract';
import { describeJobIntake } from '#shared/testing/job-intake.contract';
import { describeJobShelf } from '#shared/testing/job-shelf.contract';
import type { MakeStore } from '#shared/testing/store';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());

const makeStore: MakeStore = (settings) => database.makeStore(settings);

describeJobIntake('Postgres', makeStore);
describeJobClaims('Postgres', makeStore);
describeJobShelf('Postgres', makeStore);
