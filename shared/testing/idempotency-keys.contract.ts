import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addOwner,
  limits,
  newTestId,
  queued,
  storageError,
  storedSource,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every IdempotencyKeys does. */
export function describeIdempotencyKeys(name: string, makeStore: MakeStore): void {
  describe(`IdempotencyKeys: ${name}`, () => {
    let store: Store;
    let owner: string;
    let jobId: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
      jobId = newTestId();
    });
    const begin = (key: string, id = newTestId()) => store.idempotencyKeys.begin(owner, key, id);

    test('is fresh for one of many that begin at once', async () => {
      const states = await Promise.all(Array.from({ length: 10 }, () => begin('key')));

      expect(states.filter(({ outcome }) => outcome === 'fresh')).toHaveLength(1);
      expect(states.filter(({ outcome }) => outcome === 'in_progress')).toHaveLength(9);
    });

    test('answers with the first job once it is complete', async () => {
      await begin('key', jobId);
      await store.idempotencyKeys.complete(owner, 'key', 'fingerprint');

      expect(await begin('key')).toEqual({
        outcome: 'answered',
        jobId,
        fingerprint: 'fingerprint',
      });
    });

    test('is fresh again after a release, or when nothing came of the upload', async () => {
      await begin('released');
      await store.idempotencyKeys.release(owner, 'released');
      expect(await begin('released')).toEqual({ outcome: 'fresh' });

      const job = await uploading(store, owner);
      await begin('aborted', job.id);
      expect(await begin('aborted')).toEqual({ outcome: 'in_progress' });
      await store.jobIntake.abort(job.id, storageError);
      expect(await begin('aborted')).toEqual({ outcome: 'fresh' });
    });

    test('is fresh again when the uploader died, whose upload then comes to nothing', async () => {
      const dead = await uploading(store, owner, { leaseSeconds: 0 });
      await begin('key', dead.id);
      await store.jobUpkeep.abortStaleUploads(limits);

      expect(await begin('key')).toEqual({ outcome: 'fresh' });
      expect(await store.jobIntake.renew(dead.id, 60)).toBe(false);
      await expect(
        store.jobIntake.accept(dead.id, storedSource(dead), 'request-1'),
      ).rejects.toMatchObject({ code: 'conflict' });
    });

    test('answers by the hash of the video when the answer was not written down', async () => {
      const { job } = await queued(store, owner);
      await begin('key', job.id);

      expect(await begin('key')).toEqual({
        outcome: 'answered',
        jobId: job.id,
        fingerprint: job.source.sha256,
      });
    });

    test("is of no concern to other people's keys", async () => {
      await begin('key');
      const other = await addOwner(store);

      expect(await store.idempotencyKeys.begin(other, 'key', jobId)).toEqual({ outcome: 'fresh' });
    });
  });
}
