import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createJobClaims } from '#shared/adapters/postgres/job-claims';
import { createPool, type Pool } from '#shared/adapters/postgres/pool';
import { AppError } from '#shared/core/errors';
import type { Claim, ClaimRequest } from '#shared/core/ports';
import { createTestDatabase, type TestDatabase } from '#shared/testing/store.postgres';
import { createRandom, type Random } from '../chaos/random.ts';
import { random, sized } from '../testing/fault-run.ts';
import { everyPromiseHolds } from '../testing/promises.ts';

const claimers = 50;
const jobs = sized(10_000, 100_000);
/** How often a claimer dies before its claim is committed, or claims and never comes back. */
const deaths = 0.02;
const absences = 0.02;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.drop());

/** What all claimers together did. */
class Tally {
  readonly kept: Claim[] = [];
  readonly abandoned: Claim[] = [];
  died = 0;
}

function request(leaseSeconds: number): ClaimRequest {
  return { worker: 'claimer', leaseSeconds, outputFileId: crypto.randomUUID() };
}

/** As long as the store does not say whether it was claimed, it is asked the same again. */
async function claim(pool: Pool, asked: ClaimRequest): Promise<Claim | undefined> {
  for (;;) {
    try {
      return await createJobClaims(pool).claim(asked);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
    }
  }
}

/** Claims, and its connection is killed before the commit. */
async function claimAndDie(pool: Pool): Promise<void> {
  const death = pool.transaction(async (open) => {
    await createJobClaims({ ...pool, ...open }).claim(request(3_600));
    await open.query('SELECT pg_terminate_backend(pg_backend_pid())');
  });
  await expect(death).rejects.toMatchObject({ code: 'unavailable' });
}

/** Takes jobs over a connection of its own until every job is in somebody's hands. */
async function claimer(fates: Random, tally: Tally): Promise<void> {
  const pool = createPool({ url: database.url, max: 1, applicationName: 'claimer' });
  while (tally.kept.length < jobs) {
    const fate = fates.share();
    if (fate < deaths) {
      await claimAndDie(pool);
      tally.died += 1;
      continue;
    }
    const isAbsent = fate < deaths + absences;
    const claimed = await claim(pool, request(isAbsent ? 5 : 3_600));
    if (claimed) (isAbsent ? tally.abandoned : tally.kept).push(claimed);
    else await sleep(50);
  }
  await pool.end();
}

async function storedClaims() {
  const [row] = await database.pool.query<{ running: number; claims: number }>(
    `SELECT count(*) FILTER (WHERE state = 'running' AND due_at > now())::int AS running,
       sum(lease_token)::int AS claims FROM jobs`,
  );
  return row;
}

describe('claims', () => {
  test(
    `row 29, S4: 50 workers claim ${jobs} jobs: none twice, none is left`,
    async () => {
      await database.addQueued(jobs);
      const tally = new Tally();
      const seeds = Array.from({ length: claimers }, () => random.between(0, 2 ** 32));
      const startedAt = performance.now();
      await Promise.all(seeds.map((seed) => claimer(createRandom(seed), tally)));
      const seconds = (performance.now() - startedAt) / 1_000;

      const { kept, abandoned, died } = tally;
      const heldIds = new Set(kept.map(({ job }) => job.id));
      const holds = [...kept, ...abandoned].map(({ lease }) => `${lease.jobId} ${lease.token}`);
      expect({ kept: kept.length, jobs: heldIds.size }).toEqual({ kept: jobs, jobs });
      expect(new Set(holds).size).toBe(holds.length);
      expect(await storedClaims()).toEqual({ running: jobs, claims: holds.length });
      expect(Math.min(died, abandoned.length)).toBeGreaterThan(0);
      console.log(
        `S4: ${holds.length} claims of ${jobs} jobs by ${claimers} in ${seconds.toFixed(1)} s, ` +
          `${died} died before the commit, ${abandoned.length} leases ran out; 0 twice, 0 left`,
      );
      await everyPromiseHolds([]);
    },
    sized(120_000, 1_800_000),
  );
});
