import { beforeEach, describe, expect, test } from '@jest/globals';
import type { PendingBell } from '#shared/core/ports';
import { createFakeStore } from '#shared/testing/store.fake';
import { listJobs } from './list-jobs.ts';
import { cancelJob, deleteJob, retryJob, showJob } from './steer-job.ts';

const idOf = (n: number) => `0190a8f0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const ada = idOf(1_001);
const bob = idOf(1_002);
const stored = { fileId: 'f'.repeat(24), bytes: 10, sha256: 'a'.repeat(64) };

let clock: { now: number };
const store = () => createFakeStore({ now: () => (clock.now += 1) });
let truth: ReturnType<typeof store>;
let rung: PendingBell[];
let hurried: number;

async function uploading(n: number, ownerId = ada) {
  await truth.jobIntake.open({
    id: idOf(n),
    ownerId,
    sourceFileId: n.toString(16).padStart(24, '0'),
    sourceName: `clip-${n}.mp4`,
    options: { bitrate: 192 },
    leaseSeconds: 60,
    maxActive: 100,
  });
}

async function queued(n: number, ownerId = ada) {
  await uploading(n, ownerId);
  await truth.jobIntake.accept(idOf(n), stored, 'call-0');
}

const depsOf = () => ({
  shelf: truth.jobShelf,
  outlooks: truth.jobOutlooks,
  hurry: () => void (hurried += 1),
  ring: (bells: readonly PendingBell[]) => Promise.resolve(rung.push(...bells)),
  inBackground: (work: () => Promise<unknown>) => void work(),
});

beforeEach(async () => {
  clock = { now: 1_000_000 };
  truth = store();
  rung = [];
  hurried = 0;
  for (const id of [ada, bob]) {
    await truth.users.create({ id, email: id, emailKey: id, passwordHash: 'x' });
  }
});

describe('listJobs', () => {
  test('gives every job once, newest first, page by page, and ends', async () => {
    for (let n = 1; n <= 5; n += 1) await queued(n);
    const list = listJobs(depsOf());
    const first = await list(ada, { limit: 3 });
    const second = await list(ada, { limit: 3, cursor: first.next ?? '' });
    expect([first, second].map(({ jobs }) => jobs.map(({ id }) => id))).toEqual([
      [idOf(5), idOf(4), idOf(3)],
      [idOf(2), idOf(1)],
    ]);
    expect(second.next).toBeNull();
  });

  test('promises no page after one that is exactly full', async () => {
    await queued(1);
    await queued(2);
    expect((await listJobs(depsOf())(ada, { limit: 2 })).next).toBeNull();
  });

  test('shows nobody the jobs of another person (31)', async () => {
    await queued(1, bob);
    expect(await listJobs(depsOf())(ada, { limit: 20 })).toEqual({ jobs: [], next: null });
  });
});

describe('one job', () => {
  const calls: readonly (readonly [string, (ownerId: string, id: string) => Promise<unknown>])[] = [
    ['showJob', (ownerId, id) => showJob(depsOf())(ownerId, id)],
    ['cancelJob', (ownerId, id) => cancelJob(depsOf())(ownerId, id)],
    ['retryJob', (ownerId, id) => retryJob(depsOf())(ownerId, id, 'call-1')],
    ['deleteJob', (ownerId, id) => deleteJob(depsOf())(ownerId, id)],
  ];

  test.each(calls)(
    '%s answers another person’s, a random and a malformed id alike, and does nothing (31)',
    async (_, call) => {
      await queued(1);
      const answers = [];
      for (const id of [idOf(1), idOf(77), 'x', "' OR 1=1 --", '']) {
        answers.push(
          await call(bob, id).catch((error: unknown) => JSON.stringify([error, String(error)])),
        );
      }
      expect(answers[0]).toContain('not_found');
      expect(new Set(answers).size).toBe(1);
      expect(await truth.jobShelf.find(ada, idOf(1))).toMatchObject({ state: 'queued' });
    },
  );

  test('is shown to its owner', async () => {
    await queued(1);
    expect(await showJob(depsOf())(ada, idOf(1))).toMatchObject({ id: idOf(1), state: 'queued' });
  });
});

describe('showJob', () => {
  test('says how many jobs are before a queued one, and nothing of a job that is over', async () => {
    await queued(1, bob);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await queued(2);
    const show = showJob(depsOf());
    expect(await show(ada, idOf(2))).toMatchObject({
      estimatedSecondsLeft: null,
      queue: { ahead: 1 },
    });
    await truth.jobShelf.cancel(ada, idOf(2));
    expect(await show(ada, idOf(2))).toMatchObject({ estimatedSecondsLeft: null, queue: null });
  });
});

describe('showJob', () => {
  test('sees to a job that waits too long, once for each look (36)', async () => {
    await queued(1);
    clock.now += 31_000;
    await showJob(depsOf())(ada, idOf(1));
    expect(hurried).toBe(1);
  });

  test('leaves alone what is in time, and what is over', async () => {
    await queued(1);
    await showJob(depsOf())(ada, idOf(1));
    await truth.jobShelf.cancel(ada, idOf(1));
    clock.now += 31_000;
    await showJob(depsOf())(ada, idOf(1));
    expect(hurried).toBe(0);
  });
});

describe('cancelJob', () => {
  test('stops a job that waits', async () => {
    await queued(1);
    expect(await cancelJob(depsOf())(ada, idOf(1))).toMatchObject({ state: 'cancelled' });
  });

  test('answers the same when it is asked again', async () => {
    await queued(1);
    const first = await cancelJob(depsOf())(ada, idOf(1));
    expect(await cancelJob(depsOf())(ada, idOf(1))).toEqual(first);
  });

  test('refuses for a job that is uploading', async () => {
    await uploading(1);
    await expect(cancelJob(depsOf())(ada, idOf(1))).rejects.toMatchObject({
      code: 'conflict',
      message: 'This job is uploading and cannot be cancelled.',
    });
  });
});

describe('retryJob', () => {
  test('queues a cancelled job once more and rings under the new request’s id', async () => {
    await queued(1);
    await truth.jobShelf.cancel(ada, idOf(1));
    expect(await retryJob(depsOf())(ada, idOf(1), 'call-9')).toMatchObject({ state: 'queued' });
    expect(rung.map(({ event }) => event)).toMatchObject([
      { type: 'video_uploaded', jobId: idOf(1), requestId: 'call-9' },
    ]);
  });

  test('answers before the bell has rung (8)', async () => {
    await queued(1);
    await truth.jobShelf.cancel(ada, idOf(1));
    const deps = { ...depsOf(), ring: () => new Promise<never>(() => undefined) };
    expect(await retryJob(deps)(ada, idOf(1), 'call-9')).toMatchObject({ state: 'queued' });
  });

  test('answers the same when it is asked again, and rings once', async () => {
    await queued(1);
    await truth.jobShelf.cancel(ada, idOf(1));
    const first = await retryJob(depsOf())(ada, idOf(1), 'call-9');
    expect(await retryJob(depsOf())(ada, idOf(1), 'call-10')).toEqual(first);
    expect(rung).toHaveLength(1);
  });

  test('refuses for a job that waits as it was uploaded, and rings nothing', async () => {
    await queued(1);
    await expect(retryJob(depsOf())(ada, idOf(1), 'call-9')).rejects.toMatchObject({
      code: 'conflict',
      message: 'This job is queued and cannot be tried again.',
    });
    expect(rung).toEqual([]);
  });
});

describe('deleteJob', () => {
  test('forgets a job that is over', async () => {
    await queued(1);
    await truth.jobShelf.cancel(ada, idOf(1));
    await deleteJob(depsOf())(ada, idOf(1));
    await expect(showJob(depsOf())(ada, idOf(1))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('refuses for a job that is under way', async () => {
    await queued(1);
    await expect(deleteJob(depsOf())(ada, idOf(1))).rejects.toMatchObject({
      code: 'conflict',
      message: 'This job is queued and cannot be deleted.',
    });
  });
});
