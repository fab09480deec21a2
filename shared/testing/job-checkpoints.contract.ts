import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Checkpoint, JobError } from '#shared/core/job';
import type { Claim, Lease } from '#shared/core/ports';
import {
  addOwner,
  claim,
  discardedIds,
  limits,
  newTestFileId,
  receipt,
  resultOf,
  running,
  storageError,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

const unclear: JobError = { code: 'internal', message: 'Something went wrong.' };

/** What a worker notes after `segments` segments, in its own output unless told otherwise. */
function checkpointOf({ outputFileId: fileId }: Lease, segments = 3): Checkpoint {
  const fingerprint = 'layout 1, 192 kb/s';
  const progress = segments / 10;
  return {
    fileId,
    start: 417,
    frames: 11_484,
    bytes: 4_800_000,
    crc: 7,
    segments,
    fingerprint,
    progress,
  };
}

/** What JobClaims and JobUpkeep do with checkpoints. */
export function describeJobCheckpoints(name: string, makeStore: MakeStore): void {
  describe(`checkpoints of jobs: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });
    const note = (lease: Lease, checkpoint = checkpointOf(lease), leaseSeconds = 60) =>
      store.jobClaims.heartbeat(lease, leaseSeconds, 0.9, checkpoint);
    /** A job that one worker left behind with a checkpoint, and the next worker's claim. */
    const takenOver = async (): Promise<{ old: Claim; taken: Claim }> => {
      const old = await running(store, owner);
      await note(old.lease, checkpointOf(old.lease), 0);
      return { old, taken: await claim(store, 0) };
    };
    const orphans = (...ids: string[]) => store.jobUpkeep.orphans('mp3s', ids);

    test('a first attempt finds none', async () => {
      expect((await running(store, owner)).checkpoint).toBeUndefined();
    });

    test('a job that is taken over begins at what the dead worker noted last', async () => {
      const { lease } = await running(store, owner);
      await note(lease, checkpointOf(lease, 2));
      await note(lease, checkpointOf(lease, 3), 0);

      const taken = await claim(store, 0);

      expect(taken).toMatchObject({ checkpoint: checkpointOf(lease, 3), job: { progress: 0.3 } });
      expect(await discardedIds(store, 'mp3s')).toEqual([]);
      expect(await orphans(lease.outputFileId, newTestFileId())).not.toContain(lease.outputFileId);
    });

    test('a heartbeat without one keeps the last', async () => {
      const { lease } = await running(store, owner);
      await note(lease);
      await store.jobClaims.heartbeat(lease, 0, 0.9);

      expect((await claim(store)).checkpoint).toEqual(checkpointOf(lease));
    });

    test('nothing is noted under a lost lease', async () => {
      const { old, taken } = await takenOver();

      expect(await note(old.lease, checkpointOf(old.lease, 9))).toBe(false);

      await store.jobClaims.giveBack(taken.lease);
      expect((await claim(store)).checkpoint).toEqual(checkpointOf(old.lease));
    });

    test('a claim whose reply was lost answers the same checkpoint', async () => {
      const { old, taken } = await takenOver();
      const { outputFileId } = taken.lease;

      const again = await store.jobClaims.claim({
        worker: 'worker',
        leaseSeconds: 60,
        outputFileId,
      });

      expect(again?.checkpoint).toEqual(checkpointOf(old.lease));
    });

    test('one that was taken over serves the next attempt until that has its own', async () => {
      const { old, taken } = await takenOver();

      const third = await claim(store);

      expect(third.checkpoint).toEqual(checkpointOf(old.lease));
      expect(await discardedIds(store, 'mp3s')).toEqual([taken.lease.outputFileId]);
      expect(await orphans(old.lease.outputFileId)).toEqual([]);
    });

    test('a newer one takes its place, and its file goes two leases later', async () => {
      const old = await running(store, owner, 0.1);
      await note(old.lease, checkpointOf(old.lease), 0);
      const { lease } = await claim(store, 0.1);

      await note(lease, checkpointOf(lease, 4), 0.1);
      await note(lease, checkpointOf(lease, 5), 0);

      expect(await discardedIds(store, 'mp3s')).toEqual([]);
      await sleep(250);
      expect(await discardedIds(store, 'mp3s')).toEqual([old.lease.outputFileId]);
      expect((await claim(store)).checkpoint).toEqual(checkpointOf(lease, 5));
    });

    test.each<[string, (lease: Lease) => Promise<unknown>]>([
      ['is given back', (lease) => store.jobClaims.giveBack(lease)],
      ['waits for the machines', (lease) => store.jobClaims.postpone(lease, storageError, 0)],
    ])('stays with its file while the job %s', async (_, leave) => {
      const { lease } = await running(store, owner);
      await note(lease);

      expect(await leave(lease)).toBeTruthy();

      expect(await store.jobShelf.find(owner, lease.jobId)).toMatchObject({ progress: 0.3 });
      expect(await discardedIds(store, 'mp3s')).toEqual([]);
      expect(await orphans(lease.outputFileId)).toEqual([]);
      expect((await claim(store)).checkpoint).toEqual(checkpointOf(lease));
    });

    test.each<[string, (lease: Lease) => Promise<unknown>]>([
      ['is given back', (lease) => store.jobClaims.giveBack(lease)],
      ['waits for the machines', (lease) => store.jobClaims.postpone(lease, storageError, 0)],
    ])('an output without it is discarded when the job %s', async (_, leave) => {
      const { taken } = await takenOver();

      await leave(taken.lease);

      expect(await discardedIds(store, 'mp3s')).toEqual([taken.lease.outputFileId]);
    });

    test('is forgotten when the video itself may be to blame', async () => {
      const { lease } = await running(store, owner);
      await note(lease);

      await store.jobClaims.postpone(lease, unclear, 0);

      expect(await store.jobShelf.find(owner, lease.jobId)).toMatchObject({ progress: 0 });
      expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
      expect((await claim(store)).checkpoint).toBeUndefined();
    });

    describe('goes with the end of the job:', () => {
      const ends: Record<string, (taken: Claim) => Promise<unknown>> = {
        published: (taken) => store.jobClaims.publish(taken.lease, resultOf(taken), receipt),
        failed: ({ lease }) => store.jobClaims.fail(lease, unclear),
        cancelled: ({ job }) => store.jobShelf.cancel(owner, job.id),
        'its account removed': () => store.users.remove(owner),
        'postponed for what may be the video': ({ lease }) =>
          store.jobClaims.postpone(lease, unclear, 0),
        'cancelled while it waits': async ({ job, lease }) => {
          await store.jobClaims.giveBack(lease);
          await store.jobShelf.cancel(owner, job.id);
        },
        'its attempts used up': async () => {
          for (let attempt = 3; attempt <= 5; attempt += 1) await claim(store, 0);
          await store.jobUpkeep.failExhausted(limits);
        },
      };

      test.each(Object.entries(ends))('%s (I6)', async (how, end) => {
        const { old, taken } = await takenOver();

        await end(taken);

        expect(await discardedIds(store, 'mp3s')).toContain(old.lease.outputFileId);
        const isResult = how === 'published';
        const outputs = await discardedIds(store, 'mp3s');
        expect(outputs.includes(taken.lease.outputFileId)).toBe(!isResult);
      });

      test('the result stays though it was the checkpoint as well', async () => {
        const claimed = await running(store, owner);
        await note(claimed.lease);

        await store.jobClaims.publish(claimed.lease, resultOf(claimed), receipt);

        expect(await discardedIds(store, 'mp3s')).toEqual([]);
        expect(await orphans(claimed.lease.outputFileId)).toEqual([]);
      });

      test('a retry by the person begins from zero', async () => {
        const { job, lease } = await running(store, owner);
        await note(lease);
        await store.jobClaims.fail(lease, storageError);

        await store.jobShelf.retry(owner, job.id, 'request-2');

        expect(await claim(store)).toMatchObject({ checkpoint: undefined, job: { progress: 0 } });
      });
    });
  });
}
