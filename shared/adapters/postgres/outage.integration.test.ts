import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { addOwner, claim, queued } from '#shared/testing/job-stages';
import { createSilentLog } from '#shared/testing/log.fake';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';
import { createPool } from './pool.ts';
import { createRateLimiter } from './rate-limiter.ts';

let database: TestDatabase;
let silent: Server;
let silentUrl: string;
beforeAll(async () => {
  database = await createTestDatabase();
  // Takes connections and never says a word.
  silent = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  silentUrl = `postgres://ada@127.0.0.1:${(silent.address() as AddressInfo).port}/jobs`;
}, 20_000);
afterAll(async () => {
  silent.close();
  await database.drop();
});

const pool = (url: string) => createPool({ url, max: 1, applicationName: 'outage' });
const unavailable = { code: 'unavailable', retryAfterSeconds: 2 };
const breakConnections = (applicationName: string) =>
  database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = $1 AND datname = current_database()`,
    [applicationName],
  );

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('createPool', () => {
  test.each([
    ['nobody listens', () => 'postgres://ada@127.0.0.1:1/jobs'],
    ['nobody answers', () => silentUrl],
  ])('says unavailable within 3 s when %s (25, 26)', async (_, url) => {
    const start = performance.now();

    await expect(pool(url()).query('SELECT 1')).rejects.toMatchObject(unavailable);

    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('says unavailable within 3 s when a statement takes too long', async () => {
    const patient = pool(database.url);
    const start = performance.now();

    await expect(patient.query('SELECT pg_sleep(10)')).rejects.toMatchObject(unavailable);

    expect(performance.now() - start).toBeLessThan(3_000);
    expect(await patient.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await patient.end();
  });

  test('says unavailable when its connection is cut, then goes on with another (41)', async () => {
    const cut = pool(database.url);
    const asked = cut.transaction(async (queries) => {
      await queries.query('SELECT 1');
      await breakConnections('outage');
      await queries.query('SELECT 1');
    });

    await expect(asked).rejects.toMatchObject(unavailable);

    expect(await cut.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await cut.end();
  });

  test('does not call a wrong statement unavailable, and undoes its transaction', async () => {
    const { users } = await database.makeStore();
    const asked = database.pool.transaction(async (queries) => {
      await queries.query(
        `INSERT INTO users (id, email, email_key, password_hash)
         VALUES (gen_random_uuid(), 'a', 'a', 'h')`,
      );
      await queries.query('SELECT nonsense');
    });

    await expect(asked).rejects.toMatchObject({ code: '42703' });

    expect(await users.list({ after: undefined, limit: 10 })).toEqual([]);
  });

  test('takes a password apart from the URL, whatever is in it', async () => {
    const url = new URL(database.url);
    const password = 'p@ss/w:rd %?#';
    await database.pool.query(`CREATE ROLE apart LOGIN PASSWORD '${password}'`);
    url.username = 'apart';
    url.password = '';

    const apart = createPool({ url: url.href, password, max: 1, applicationName: 'apart' });
    expect(await apart.query('SELECT current_user AS name')).toEqual([{ name: 'apart' }]);
    await apart.end();
    await database.pool.query('DROP ROLE apart');
  });
});

describe('createJobChanges', () => {
  test('calls every subscriber once after its connection was lost', async () => {
    const store = await database.makeStore();
    const { job } = await queued(store, await addOwner(store));
    let calls = 0;
    const stop = await store.jobChanges.subscribe(job.id, () => (calls += 1));
    const called = async () => {
      while (calls === 0) await sleep(10);
      await sleep(100);
      return calls;
    };
    await sleep(100);
    calls = 0;

    await breakConnections('listener');
    expect(await called()).toBe(1);

    calls = 0;
    await claim(store);
    expect(await called()).toBe(1);
    stop();
  });
});

describe('createRateLimiter', () => {
  test('without its store it counts in memory, says so, and still refuses (11)', async () => {
    const warnings: string[] = [];
    const log = { ...createSilentLog(), warn: (_: object, text: string) => warnings.push(text) };
    const gone = pool('postgres://ada@127.0.0.1:1/jobs');
    const limiter = createRateLimiter(gone, { name: 'test', points: 2, seconds: 60 }, log);
    await limiter.take('ada');
    await limiter.take('ada');

    await expect(limiter.take('ada')).rejects.toMatchObject({ code: 'rate_limited' });

    expect(warnings).toEqual(Array(3).fill('rate limiter counts in memory'));
  });

  test('stores no key as it is', async () => {
    await database.makeStore();
    const budget = { name: 'test', points: 2, seconds: 60 };
    await createRateLimiter(database.pool, budget, createSilentLog()).take('ada@example.org');

    const rows = await database.pool.query<{ key: string }>('SELECT key FROM rate_limits');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.key).not.toContain('ada');
  });
});
