import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addOwner,
  claim,
  done,
  newTestId,
  queued,
  receipt,
  resultOf,
  running,
  storageError,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What job-stages gives every video. */
const bytes = 5_000_000_000;
/** The clock of a server moves between two jobs. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 5));

/** What every JobOutlooks does. */
export function describeJobOutlooks(name: string, makeStore: MakeStore): void {
  describe(`JobOutlooks: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });
    const queueOf = async (id: string) => (await store.jobOutlooks.find(id))?.queue;

    test('tells how many wait before a queued job, and the size of their videos', async () => {
      const { job: first } = await queued(store, owner);
      await aMoment();
      const { job: second } = await queued(store, await addOwner(store));
      await aMoment();
      const { job: third } = await queued(store, owner);

      expect(await queueOf(first.id)).toMatchObject({ ahead: 0, bytesAhead: 0, running: 0 });
      expect(await queueOf(second.id)).toMatchObject({ ahead: 1, bytesAhead: bytes });
      expect(await queueOf(third.id)).toMatchObject({ ahead: 2, bytesAhead: 2 * bytes });
    });

    test('adds what the running jobs still have before them', async () => {
      const { lease } = await running(store, owner);
      await store.jobClaims.heartbeat(lease, 60, 0.75);
      const { job } = await queued(store, owner);

      expect(await queueOf(job.id)).toEqual({
        ahead: 0,
        bytesAhead: bytes / 4,
        running: 1,
        dueInSeconds: 0,
      });
    });

    test('tells how long the time of a job has passed (36)', async () => {
      const { job: held } = await running(store, owner);
      const { job: expired } = await running(store, owner, 0);
      const { job: waiting } = await queued(store, owner);
      await aMoment();

      const overdue = async (id: string) => (await store.jobOutlooks.find(id))?.overdueSeconds;
      expect(await overdue(expired.id)).toBeGreaterThan(0);
      expect(await overdue(waiting.id)).toBeGreaterThan(0);
      expect(await overdue(held.id)).toBe(0);
    });

    test('counts a job whose worker died as one that waits', async () => {
      await running(store, owner, 0);
      await aMoment();
      const { job } = await queued(store, owner);

      expect(await queueOf(job.id)).toMatchObject({ ahead: 1, running: 0 });
    });

    test('tells when a postponed job may start, and what is due before it', async () => {
      const { job, lease } = await running(store, owner);
      await store.jobClaims.postpone(lease, storageError, 60_000);
      await queued(store, owner);
      await aMoment();

      const queue = await queueOf(job.id);

      expect(queue).toMatchObject({ ahead: 1, running: 0 });
      expect(queue?.dueInSeconds).toBeGreaterThan(50);
      expect(queue?.dueInSeconds).toBeLessThanOrEqual(60);
    });

    test('tells how long a job runs since its claim', async () => {
      const { job } = await running(store, owner);

      const outlook = await store.jobOutlooks.find(job.id);

      expect(outlook?.queue).toBeUndefined();
      expect(outlook?.attempt?.isFirst).toBe(true);
      expect(outlook?.attempt?.elapsedSeconds).toBeGreaterThanOrEqual(0);
      expect(outlook?.attempt?.elapsedSeconds).toBeLessThan(10);
    });

    test('tells a later attempt from the first', async () => {
      const { job, lease } = await running(store, owner);
      await store.jobClaims.giveBack(lease);
      await claim(store);

      expect((await store.jobOutlooks.find(job.id))?.attempt?.isFirst).toBe(false);
    });

    test('tells what the jobs that are done took, and nothing before the first', async () => {
      const { job } = await queued(store, owner);
      expect((await store.jobOutlooks.find(job.id))?.recent).toEqual({ bytes: 0, seconds: 0 });
      await store.jobShelf.cancel(owner, job.id);

      await done(store, owner);
      await done(store, owner);

      const { job: next } = await queued(store, owner);
      const recent = (await store.jobOutlooks.find(next.id))?.recent;
      expect(recent?.bytes).toBe(2 * bytes);
      expect(recent?.seconds).toBeGreaterThanOrEqual(0);
      expect(recent?.seconds).toBeLessThan(10);
    });

    test('takes no speed from a job that had several attempts', async () => {
      const { lease } = await running(store, owner);
      await store.jobClaims.giveBack(lease);
      const again = await claim(store);
      await store.jobClaims.publish(again.lease, resultOf(again), receipt);
      const { job: next } = await queued(store, owner);

      expect((await store.jobOutlooks.find(next.id))?.recent.bytes).toBe(0);
    });

    test('knows nothing of a job that neither waits nor runs', async () => {
      const { id } = await uploading(store, owner);
      const { job } = await done(store, owner);

      for (const one of [id, job.id, newTestId(), 'no id']) {
        expect(await store.jobOutlooks.find(one)).toBeUndefined();
      }
    });
  });
}
