import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createIdempotencyKeys } from '#shared/adapters/postgres/idempotency-keys';
import { createJobChanges } from '#shared/adapters/postgres/job-changes';
import { createJobClaims } from '#shared/adapters/postgres/job-claims';
import { createJobIntake } from '#shared/adapters/postgres/job-intake';
import { createJobOutlooks } from '#shared/adapters/postgres/job-outlooks';
import { createJobShelf } from '#shared/adapters/postgres/job-shelf';
import { createJobTraces } from '#shared/adapters/postgres/job-traces';
import { createJobUpkeep } from '#shared/adapters/postgres/job-upkeep';
import { createMails } from '#shared/adapters/postgres/mails';
import { createOutbox } from '#shared/adapters/postgres/outbox';
import { createPool } from '#shared/adapters/postgres/pool';
import type { Pool } from '#shared/adapters/postgres/pool';
import { createSessions } from '#shared/adapters/postgres/sessions';
import { createUsers } from '#shared/adapters/postgres/users';
import { defaultRetention } from '#shared/core/retention';
import type { Retention } from '#shared/core/retention';
import { createSilentLog } from '#shared/testing/log.fake';
import { mailDomain } from '#shared/testing/store';
import type { Edge, MakeStore, Store } from '#shared/testing/store';

const migrations = fileURLToPath(new URL('../../scripts/migrate.ts', import.meta.url));
const applicationName = 'test';

/** A migrated database of its own on the server of DATABASE_URL. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Empties all tables. */
  readonly makeStore: MakeStore;
  /** Adds jobs that wait, of nobody, written past the ports because there are many. */
  addQueued(count: number): Promise<void>;
  drop(): Promise<void>;
}

const batch = 2_000;
const addQueued = `INSERT INTO jobs
  (id, owner_id, state, source_file_id, source_name, options, due_at)
  SELECT gen_random_uuid(), gen_random_uuid(), 'queued', gen_random_uuid(), 'a.mp4',
    '{"bitrate": 192}', now() - make_interval(secs => n) FROM generate_series(1, $1::int) AS n`;

/** Creates the database; `drop` it at the end. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['DATABASE_URL'];
  if (server === undefined) throw new Error('Integration tests need DATABASE_URL.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = name;
  await promisify(execFile)(process.execPath, [migrations], {
    env: { ...process.env, DATABASE_URL: url.href },
  });
  const pool = createPool({ url: url.href, max: 20, applicationName });
  const listener = { url: url.href, applicationName: 'listener' };
  const jobChanges = createJobChanges(listener, createSilentLog());
  return {
    url: url.href,
    pool,
    async makeStore({ retention = defaultRetention } = {}) {
      const tables = 'users, jobs, discarded_files, sweeps, hearing, rate_limits';
      await onServer(url.href, `TRUNCATE ${tables} CASCADE`);
      return { ...ports(pool, retention), jobChanges };
    },
    async addQueued(count) {
      // A statement may take only so long.
      for (let left = count; left > 0; left -= batch) {
        await pool.query(addQueued, [Math.min(batch, left)]);
      }
      await pool.query('ANALYZE jobs');
    },
    async drop() {
      await jobChanges.end();
      await pool.end();
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Without the limits of a pool: what changes files waits for the checkpoint of another test. */
async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function ports(pool: Pool, retention: Retention): Omit<Store, 'jobChanges'> {
  return {
    users: createUsers(pool, retention),
    sessions: createSessions(pool),
    jobIntake: createJobIntake(pool, retention),
    jobClaims: createJobClaims(pool, retention),
    jobShelf: createJobShelf(pool, retention),
    jobOutlooks: createJobOutlooks(pool),
    jobUpkeep: createJobUpkeep(pool, retention),
    jobTraces: createJobTraces(pool),
    outbox: createOutbox(pool),
    idempotencyKeys: createIdempotencyKeys(pool),
    mails: createMails(pool, mailDomain),
    async history(jobId) {
      const [row] = await pool.query<{ history: Edge[] }>(
        'SELECT history FROM jobs WHERE id = $1',
        [jobId],
      );
      return row?.history ?? [];
    },
  };
}
