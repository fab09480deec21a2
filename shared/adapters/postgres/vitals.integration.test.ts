import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { judge } from '#shared/core/health';
import {
  addOwner,
  claim,
  done,
  failed,
  queued,
  running,
  storageError,
  uploading,
} from '#shared/testing/job-stages';
import type { Store } from '#shared/testing/store';
import { createTestDatabase } from '#shared/testing/store.postgres';
import type { TestDatabase } from '#shared/testing/store.postgres';
import { createHearing } from './hearing.ts';
import { createVitals } from './vitals.ts';

let database: TestDatabase;
let store: Store;
let owner: string;
beforeAll(async () => {
  database = await createTestDatabase();
}, 20_000);
afterAll(() => database.drop());
beforeEach(async () => {
  store = await database.makeStore();
  owner = await addOwner(store);
});

const read = () => createVitals(database.pool).read();
const heard = () => createHearing(database.pool).heard('video_uploaded');
const change = (text: string) => database.pool.query(text);

describe('createVitals', () => {
  test('measures a service that nobody has used', async () => {
    const noBell = { heardSecondsAgo: null, silentSeconds: null };
    expect(await read()).toEqual({
      jobs: {
        uploading: 0,
        waiting: 0,
        postponed: 0,
        running: 0,
        expiredLeases: 0,
        oldestWaitingSeconds: null,
        oldestLeaseSeconds: null,
        byAttempt: {},
      },
      failures: { hour: {}, day: {} },
      results: { damagedInDay: 0 },
      sweep: { ageSeconds: null, counts: {} },
      connector: {
        video_uploaded: noBell,
        conversion_completed: noBell,
        conversion_failed: noBell,
      },
      outbox: { unrung: 0, oldestSeconds: null },
      mails: { due: 0, oldestDueSeconds: null, failedInHour: 0, failedInDay: 0 },
    });
  });

  test('counts jobs by what they wait for, and by their attempts', async () => {
    await uploading(store, owner);
    await done(store, owner);
    const { lease } = await running(store, owner);
    await store.jobClaims.postpone(lease, storageError, 60_000);
    await running(store, owner);
    await running(store, owner, 0);
    await queued(store, owner);
    await change(
      "UPDATE jobs SET due_at = now() - interval '1 minute' WHERE state = 'queued' AND due_at <= now()",
    );

    expect((await read()).jobs).toEqual({
      uploading: 1,
      waiting: 1,
      postponed: 1,
      running: 2,
      expiredLeases: 1,
      oldestWaitingSeconds: expect.closeTo(60, -1),
      oldestLeaseSeconds: expect.any(Number),
      byAttempt: { 0: 1, 1: 3 },
    });
  });

  test('counts failures by code in the last hour and the last day, and none before', async () => {
    const ages = ['0', '2 hours', '2 days'];
    for (const age of ages) {
      const { job } = await failed(store, owner);
      await change(`UPDATE jobs SET updated_at = now() - interval '${age}' WHERE id = '${job.id}'`);
    }

    expect((await read()).failures).toEqual({ hour: { storage: 1 }, day: { storage: 2 } });
  });

  test('counts MP3s that were found damaged within a day (38)', async () => {
    const error = { code: 'stored_file_damaged', message: 'A part is missing.' } as const;
    const found = [await done(store, owner), await done(store, owner)];
    for (const { job } of found) await store.jobShelf.noteDamage(owner, job.id, error);
    await done(store, owner);
    await change(
      `UPDATE jobs SET updated_at = now() - interval '2 days' WHERE id = '${found[0]?.job.id ?? ''}'`,
    );

    const figures = await read();

    expect(figures.results).toEqual({ damagedInDay: 1 });
    expect(judge(figures).ailments).toContain('results_damaged');
  });

  test('tells how long ago a sweep ended and what it did (36)', async () => {
    await store.jobUpkeep.swept({ rung: 2, deleted: -1 });
    await change("UPDATE sweeps SET ended_at = now() - interval '1 hour'");

    const figures = await read();

    expect(figures.sweep).toEqual({
      ageSeconds: expect.closeTo(3_600, -1),
      counts: { rung: 2, deleted: -1 },
    });
    expect(judge(figures).ailments).toEqual(['sweep_late', 'sweep_failing']);
  });

  test('counts bells that did not ring, and those that did not', async () => {
    const { bell } = await queued(store, owner);
    expect((await read()).outbox).toMatchObject({ unrung: 1 });

    await store.outbox.rung([bell.outboxId]);
    expect((await read()).outbox).toEqual({ unrung: 0, oldestSeconds: null });
  });

  test('counts mails that are due and that were given up', async () => {
    await done(store, owner);
    await done(store, owner);
    const mail = await store.mails.claim(60);
    await store.mails.fail(mail?.id ?? '', '550');

    expect((await read()).mails).toEqual({
      due: 1,
      oldestDueSeconds: expect.any(Number),
      failedInHour: 1,
      failedInDay: 1,
    });
  });
});

describe('the silence of the connector', () => {
  const silence = async () => (await read()).connector['video_uploaded']?.silentSeconds;
  const ring = async () => {
    const { bell } = await queued(store, owner);
    await store.outbox.rung([bell.outboxId]);
  };

  test('begins with a bell that rang and that no function heard (14)', async () => {
    await heard();
    await ring();
    await change("UPDATE hearing SET heard_at = heard_at - interval '5 minutes'");
    await change("UPDATE outbox SET created_at = created_at - interval '70 seconds'");

    const figures = await read();

    expect(figures.connector['video_uploaded']).toEqual({
      heardSecondsAgo: expect.closeTo(300, -1),
      silentSeconds: expect.closeTo(70, -1),
    });
    expect(judge(figures).ailments).toContain('connector_silent');
  });

  test('is not broken by a claim: the sweep wakes workers too (14)', async () => {
    await ring();
    await claim(store);

    expect(await silence()).not.toBeNull();
  });

  test('ends when a later bell is heard', async () => {
    await ring();
    await heard();

    expect(await silence()).toBeNull();
  });

  test('does not begin with a bell that never rang', async () => {
    await queued(store, owner);

    expect(await silence()).toBeNull();
  });
});
