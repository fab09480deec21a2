import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJobClaims } from '#shared/adapters/postgres/job-claims';
import type { Pool } from '#shared/adapters/postgres/pool';
import { jobStates } from '#shared/contracts/jobs';
import { addOwner, claim, done, limits, newTestFileId, queued } from '#shared/testing/job-stages';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());

/** How Postgres runs every statement of a claim. */
async function plansOfClaim(): Promise<string> {
  const plans: string[] = [];
  const explaining: Pool = {
    ...database.pool,
    async query(text, values) {
      const plan = await database.pool.query<Record<'QUERY PLAN', string>>(
        `EXPLAIN ${text}`,
        values,
      );
      plans.push(...plan.map((line) => line['QUERY PLAN']));
      return [];
    },
  };
  const request = { worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() };
  await createJobClaims(explaining).claim(request);
  return plans.join('\n');
}

describe('claims', () => {
  test('50 claimers and 500 jobs: none is claimed twice, none is left (29, S4)', async () => {
    const { jobClaims } = await database.makeStore();
    await database.addQueued(500);
    const claimer = async () => {
      const ids: string[] = [];
      for (;;) {
        const request = { worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() };
        const claimed = await jobClaims.claim(request);
        if (!claimed) return ids;
        ids.push(claimed.job.id);
      }
    };

    const ids = (await Promise.all(Array.from({ length: 50 }, claimer))).flat();

    expect(ids).toHaveLength(500);
    expect(new Set(ids).size).toBe(500);
  }, 20_000);

  test('with 10 000 jobs waiting, a claim takes at most twice as long as with 10', async () => {
    const quartile = async (waiting: number) => {
      const store = await database.makeStore();
      await database.addQueued(waiting + 100);
      const took: number[] = [];
      for (let i = 0; i < 100; i += 1) {
        const start = performance.now();
        await claim(store);
        took.push(performance.now() - start);
      }
      return took.toSorted((one, other) => one - other)[25] ?? NaN;
    };
    await quartile(10);

    const few = await quartile(10);
    const many = await quartile(10_000);

    console.log(`claim: ${few.toFixed(2)} ms with 10 waiting, ${many.toFixed(2)} ms with 10 000`);
    expect(many / few).toBeLessThan(2);
  }, 20_000);

  test('with 10 000 jobs waiting, a claim reads indexes and never the whole table', async () => {
    await database.makeStore();
    await database.addQueued(10_000);

    const plans = await plansOfClaim();

    expect(plans).toContain('Index Scan using jobs_to_claim on jobs');
    expect(plans).not.toContain('Seq Scan on jobs');
  });

  test('a worker and the person who cancels meet: one of both wins', async () => {
    const store = await database.makeStore();
    const owner = await addOwner(store);
    for (let i = 0; i < 20; i += 1) {
      const { job } = await queued(store, owner);
      const { lease } = await claim(store);

      const [failed, cancelled] = await Promise.all([
        store.jobClaims.fail(lease, { code: 'damaged', message: 'Damaged.' }),
        store.jobShelf.cancel(owner, job.id),
      ]);

      expect([failed, cancelled].filter(Boolean)).toHaveLength(1);
    }
  });
});

describe('upkeep', () => {
  test('four sweeps at once end each of 200 jobs once (35)', async () => {
    const { jobUpkeep } = await database.makeStore();
    await database.addQueued(200);
    await database.pool.query(
      `UPDATE jobs SET state = 'cancelled', due_at = NULL, expires_at = now()`,
    );

    const counts = await Promise.all(
      Array.from({ length: 4 }, () => jobUpkeep.expire({ maxRows: 200 })),
    );

    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
    expect(await jobUpkeep.discarded({ maxRows: 1_000 })).toHaveLength(200);
    expect(await jobUpkeep.expire(limits)).toBe(0);
  });
});

describe('retention', () => {
  test('the video of a done job is deleted after a day, not sooner', async () => {
    const store = await database.makeStore();
    await done(store, await addOwner(store));

    const [row] = await database.pool.query<{ hours: string }>(
      `SELECT extract(epoch FROM not_before - now()) / 3600 AS hours FROM discarded_files
       WHERE bucket = 'videos'`,
    );

    expect(Number(row?.hours)).toBeCloseTo(24, 1);
  });
});

describe('the table of jobs', () => {
  test('knows exactly the states of the contract', async () => {
    const [row] = await database.pool.query<{ definition: string }>(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint
       WHERE conname = 'jobs_state_check'`,
    );
    const states = [...(row?.definition ?? '').matchAll(/'(\w+)'/g)].map(([, state]) => state);

    expect(states).toEqual([...jobStates]);
  });
});
