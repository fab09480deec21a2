import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addOwner,
  discardedIds,
  limits,
  newJob,
  newTestId,
  stepsOf,
  storageError,
  storedSource,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every JobIntake does. */
export function describeJobIntake(name: string, makeStore: MakeStore): void {
  describe(`JobIntake: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });

    test('opens a job before its first byte, with everything still unknown', async () => {
      const job = await uploading(store, owner);

      expect(await store.jobShelf.find(owner, job.id)).toMatchObject({
        id: job.id,
        ownerId: owner,
        state: 'uploading',
        source: { fileId: job.sourceFileId, name: 'holiday.mp4', bytes: undefined },
        options: { bitrate: 192 },
        attempt: 0,
        progress: 0,
        result: undefined,
        expiresAt: undefined,
      });
    });

    test('queues the job with its bell once the video is stored', async () => {
      const job = await uploading(store, owner);

      const accepted = await store.jobIntake.accept(job.id, storedSource(job), 'request-1');

      expect(accepted.job).toMatchObject({ state: 'queued', source: storedSource(job) });
      expect(accepted.bell.event).toEqual({
        v: 1,
        type: 'video_uploaded',
        jobId: job.id,
        requestId: 'request-1',
      });
      expect(await store.jobUpkeep.unrung(0, limits)).toEqual([accepted.bell]);
    });

    test('answers the same when the reply to accept was lost', async () => {
      const job = await uploading(store, owner);

      const first = await store.jobIntake.accept(job.id, storedSource(job), 'request-1');
      const second = await store.jobIntake.accept(job.id, storedSource(job), 'request-1');

      expect(second).toEqual(first);
      expect(await stepsOf(store, job.id)).toEqual(['accept']);
    });

    test('refuses to accept an upload that was given up', async () => {
      const job = await uploading(store, owner);
      await store.jobIntake.abort(job.id, storageError);

      await expect(
        store.jobIntake.accept(job.id, storedSource(job), 'request-1'),
      ).rejects.toMatchObject({
        code: 'conflict',
        message: 'This upload was given up. Send the video again.',
      });
    });

    test('hands the bytes of an aborted upload to the sweep', async () => {
      const job = await uploading(store, owner);
      await store.jobIntake.abort(job.id, storageError);
      await store.jobIntake.abort(job.id, storageError);

      expect(await store.jobShelf.find(owner, job.id)).toMatchObject({
        state: 'aborted',
        error: storageError,
      });
      expect(await discardedIds(store, 'videos')).toEqual([job.sourceFileId]);
    });

    test('does not abort what was accepted', async () => {
      const job = await uploading(store, owner);
      await store.jobIntake.accept(job.id, storedSource(job), 'request-1');

      await store.jobIntake.abort(job.id, storageError);

      expect(await store.jobShelf.find(owner, job.id)).toMatchObject({ state: 'queued' });
      expect(await discardedIds(store, 'videos')).toEqual([]);
    });

    test('opens no more active jobs than allowed, also when asked for all at once', async () => {
      const opened = await Promise.allSettled(
        Array.from({ length: 10 }, () => uploading(store, owner, { maxActive: 3 })),
      );

      expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const one of opened) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'too_many_jobs' });
      }
    });

    test("counts neither jobs that are over nor other people's", async () => {
      const over = await uploading(store, owner, { maxActive: 1 });
      await store.jobIntake.abort(over.id, storageError);
      await uploading(store, await addOwner(store), { maxActive: 1 });

      await expect(uploading(store, owner, { maxActive: 1 })).resolves.toBeDefined();
    });

    test('opens nothing for an account that is gone', async () => {
      await expect(store.jobIntake.open(newJob(newTestId()))).rejects.toMatchObject({
        code: 'unauthorized',
      });
    });
  });
}
