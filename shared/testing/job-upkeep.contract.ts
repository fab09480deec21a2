import { beforeEach, describe, expect, test } from '@jest/globals';
import { sentence } from '#shared/core/errors';
import {
  addOwner,
  claim,
  discardedIds,
  done,
  failed,
  limits,
  newTestFileId,
  newTestId,
  queued,
  running,
  stepsOf,
  storageError,
  storedSource,
  uploading,
} from '#shared/testing/job-stages';
import { noRetention } from '#shared/testing/store';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every JobUpkeep does. */
export function describeJobUpkeep(name: string, makeStore: MakeStore): void {
  describe(`JobUpkeep: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore({ retention: noRetention });
      owner = await addOwner(store);
    });
    const both = <T>(step: (upkeep: Store['jobUpkeep']) => Promise<T>) =>
      Promise.all([step(store.jobUpkeep), step(store.jobUpkeep)]);

    describe('unrung', () => {
      test('hands out bells that are old enough, oldest first, until they are rung', async () => {
        const { bell: first } = await queued(store, owner);
        const { bell: second } = await queued(store, owner);

        expect(await store.jobUpkeep.unrung(60, limits)).toEqual([]);
        expect(await store.jobUpkeep.unrung(0, limits)).toEqual([first, second]);
        expect(await store.jobUpkeep.unrung(0, { maxRows: 1 })).toEqual([first]);
        await store.outbox.rung([first.outboxId]);
        expect(await store.jobUpkeep.unrung(0, limits)).toEqual([second]);
      });
    });

    describe('unheard', () => {
      test('rings for a job that nobody came for, not sooner and not twice', async () => {
        const { job } = await queued(store, owner);

        expect(await store.jobUpkeep.unheard(60, limits)).toEqual([]);
        expect(await store.jobUpkeep.unheard(0, limits)).toEqual([
          { v: 1, type: 'video_uploaded', jobId: job.id, requestId: `request-${job.id}` },
        ]);
        expect(await store.jobUpkeep.unheard(60, limits)).toEqual([]);
      });

      test('rings at once for a job whose lease ran out (S5)', async () => {
        const { job } = await running(store, owner, 0);

        expect(await store.jobUpkeep.unheard(60, limits)).toMatchObject([{ jobId: job.id }]);
      });

      test('rings at once for a job that was given back', async () => {
        const { job, lease } = await running(store, owner);
        await store.jobClaims.giveBack(lease);

        expect(await store.jobUpkeep.unheard(60, limits)).toMatchObject([{ jobId: job.id }]);
      });

      test('does not ring for a job whose time has not come', async () => {
        const { lease } = await running(store, owner);
        expect(await store.jobUpkeep.unheard(0, limits)).toEqual([]);

        await store.jobClaims.postpone(lease, storageError, 60_000);
        expect(await store.jobUpkeep.unheard(0, limits)).toEqual([]);
      });

      test('rings once when two sweeps look at once (35)', async () => {
        await queued(store, owner);

        const [one, other] = await both(async (upkeep) => {
          // The first bell went out with the upload.
          await new Promise((resolve) => setTimeout(resolve, 220));
          return upkeep.unheard(0.2, limits);
        });

        expect([...one, ...other]).toHaveLength(1);
      });
    });

    describe('late', () => {
      test('rings for a job that waits too long, as often as it is asked (36)', async () => {
        const { job } = await queued(store, owner);

        expect(await store.jobUpkeep.late(60)).toEqual([]);
        const bell = { v: 1, type: 'video_uploaded', jobId: job.id };
        expect(await store.jobUpkeep.late(0)).toMatchObject([bell]);
        expect(await store.jobUpkeep.late(0)).toMatchObject([bell]);
        expect(await store.jobUpkeep.unheard(0, limits)).toMatchObject([bell]);
      });

      test('rings at once for a lease that is over, and not for one that holds', async () => {
        const { job } = await running(store, owner, 0);
        expect(await store.jobUpkeep.late(60)).toMatchObject([{ jobId: job.id }]);

        await claim(store);
        expect(await store.jobUpkeep.late(0)).toEqual([]);
      });

      test('rings once for each kind of mail that waits too long', async () => {
        await done(store, owner);
        await done(store, owner);
        await failed(store, owner);

        expect(await store.jobUpkeep.late(60)).toEqual([]);
        const topics = (await store.jobUpkeep.late(0)).map(({ type }) => type);
        expect(topics.toSorted()).toEqual(['conversion_completed', 'conversion_failed']);
      });
    });

    describe('failExhausted', () => {
      const exhaust = async () => {
        const { job } = await queued(store, owner);
        for (let attempt = 1; attempt < 5; attempt += 1) await claim(store, 0);
        return { job, last: await claim(store, 0) };
      };

      test('fails a job that killed every worker, once, with bell and mail (32)', async () => {
        const { job, last } = await exhaust();

        const [one, other] = await both((upkeep) => upkeep.failExhausted(limits));

        const bells = [...one, ...other];
        expect(bells).toHaveLength(1);
        expect(bells[0]?.event).toMatchObject({ type: 'conversion_failed', jobId: job.id });
        expect(await store.jobShelf.find(owner, job.id)).toMatchObject({
          state: 'failed',
          error: { code: 'internal', message: sentence.internal },
        });
        expect(await store.mails.claim(60)).toMatchObject({ kind: 'conversion_failed' });
        expect(await discardedIds(store, 'mp3s')).toContain(last.lease.outputFileId);
      });

      test('fails a job that waits with its attempts used up', async () => {
        const { job, last } = await exhaust();
        await store.jobClaims.postpone(last.lease, storageError, 0);

        expect(await store.jobUpkeep.failExhausted(limits)).toHaveLength(1);
        expect(await store.jobShelf.find(owner, job.id)).toMatchObject({ state: 'failed' });
      });

      test('leaves a job with attempts left, and the last attempt while it runs', async () => {
        await queued(store, owner);
        for (let attempt = 1; attempt < 5; attempt += 1) await claim(store, 0);
        expect(await store.jobUpkeep.failExhausted(limits)).toEqual([]);

        await claim(store);
        expect(await store.jobUpkeep.failExhausted(limits)).toEqual([]);
      });
    });

    describe('abortStaleUploads', () => {
      test('aborts an upload past its deadline, once (22)', async () => {
        const job = await uploading(store, owner, { leaseSeconds: 0 });

        const counts = await both((upkeep) => upkeep.abortStaleUploads(limits));

        expect(counts.toSorted()).toEqual([0, 1]);
        expect(await store.jobShelf.find(owner, job.id)).toMatchObject({
          state: 'aborted',
          error: { code: 'upload_timeout', message: sentence.upload_timeout },
        });
        expect(await discardedIds(store, 'videos')).toEqual([job.sourceFileId]);
        await expect(
          store.jobIntake.accept(job.id, storedSource(job), 'late'),
        ).rejects.toMatchObject({ code: 'conflict' });
      });

      test('waits once more as long before the bytes go, for an uploader that still writes', async () => {
        const job = await uploading(store, owner, { leaseSeconds: 0.2 });
        await new Promise((resolve) => setTimeout(resolve, 220));
        await store.jobUpkeep.abortStaleUploads(limits);

        expect(await discardedIds(store, 'videos')).toEqual([]);
        await new Promise((resolve) => setTimeout(resolve, 220));
        expect(await discardedIds(store, 'videos')).toEqual([job.sourceFileId]);
      });

      test('leaves an upload that tells that it goes on', async () => {
        const job = await uploading(store, owner, { leaseSeconds: 0 });

        expect(await store.jobIntake.renew(job.id, 60)).toBe(true);

        expect(await store.jobUpkeep.abortStaleUploads(limits)).toBe(0);
      });

      test('leaves an upload that has time', async () => {
        await uploading(store, owner);

        expect(await store.jobUpkeep.abortStaleUploads(limits)).toBe(0);
      });
    });

    describe('dueMails', () => {
      test('rings each topic once for the mails that are due', async () => {
        await done(store, owner);
        await done(store, owner);
        await failed(store, owner);

        expect(await store.jobUpkeep.dueMails(60, limits)).toEqual([]);
        const bells = await store.jobUpkeep.dueMails(0, limits);
        expect(bells.map(({ type }) => type).toSorted()).toEqual([
          'conversion_completed',
          'conversion_failed',
        ]);
        expect(await store.jobUpkeep.dueMails(60, limits)).toEqual([]);
      });

      test('rings for a mail about an account at once', async () => {
        await addOwner(store, 'ada@example.org');
        await addOwner(store, 'ada@example.org');

        expect(await store.jobUpkeep.dueMails(60, limits)).toHaveLength(1);
      });
    });

    describe('expire', () => {
      test.each([
        ['done', async (own: Store, by: string) => (await done(own, by)).job.id],
        ['failed', async (own: Store, by: string) => (await failed(own, by)).job.id],
        [
          'cancelled',
          async (own: Store, by: string) => {
            const { job } = await queued(own, by);
            await own.jobShelf.cancel(by, job.id);
            return job.id;
          },
        ],
        [
          'aborted',
          async (own: Store, by: string) => {
            const { id } = await uploading(own, by);
            await own.jobIntake.abort(id, storageError);
            return id;
          },
        ],
      ])('ends what is %s when its retention is over, once', async (_, reach) => {
        const id = await reach(store, owner);
        const source = (await store.jobShelf.find(owner, id))?.source.fileId;

        const counts = await both((upkeep) => upkeep.expire(limits));

        expect(counts.toSorted()).toEqual([0, 1]);
        expect(await store.jobShelf.find(owner, id)).toMatchObject({
          state: 'expired',
          result: undefined,
        });
        expect(await discardedIds(store, 'videos')).toEqual([source]);
      });

      test('leaves what is kept, and what is active', async () => {
        store = await makeStore();
        owner = await addOwner(store);
        await done(store, owner);
        await queued(store, owner);

        expect(await store.jobUpkeep.expire(limits)).toBe(0);
      });
    });

    describe('discarded', () => {
      test('hands a file out until it is deleted', async () => {
        const { lease, job } = await done(store, owner);
        expect(await discardedIds(store, 'videos')).toEqual([job.source.fileId]);
        await store.jobUpkeep.expire(limits);
        const mp3 = { bucket: 'mp3s', fileId: lease.outputFileId } as const;
        expect(await store.jobUpkeep.discarded(limits)).toContainEqual(mp3);

        await store.jobUpkeep.deleted(mp3);
        await store.jobUpkeep.deleted(mp3);

        expect(await discardedIds(store, 'mp3s')).toEqual([]);
      });

      test('keeps the video of a done job for its time', async () => {
        store = await makeStore();
        owner = await addOwner(store);
        await done(store, owner);

        expect(await discardedIds(store, 'videos')).toEqual([]);
      });
    });

    describe('forget', () => {
      test('deletes what expired long enough ago, with all that belongs to it', async () => {
        const { job } = await done(store, owner);
        await store.jobUpkeep.expire(limits);

        expect(await store.jobUpkeep.forget(limits)).toBeGreaterThan(0);

        expect(await store.jobShelf.find(owner, job.id)).toBeUndefined();
        expect(await store.mails.claim(60)).toBeUndefined();
        expect(await discardedIds(store, 'mp3s')).toHaveLength(1);
        expect(await store.jobUpkeep.forget(limits)).toBe(0);
      });

      test('keeps rows for their time, but not those of removed jobs', async () => {
        store = await makeStore();
        owner = await addOwner(store);
        const { job: kept } = await done(store, owner);
        const { job: removed } = await done(store, owner);
        await store.jobShelf.remove(owner, removed.id);

        await store.jobUpkeep.forget(limits);

        expect(await stepsOf(store, kept.id)).not.toEqual([]);
        expect(await stepsOf(store, removed.id)).toEqual([]);
      });

      test('ends sessions whose time is over', async () => {
        const session = { familyId: newTestId(), userId: owner, tokenHash: 'old' };
        await store.sessions.start({ ...session, lifetimeSeconds: 0 });

        expect(await store.jobUpkeep.forget(limits)).toBe(1);
      });
    });

    describe('orphans', () => {
      test('names the files that no job needs and nobody is about to delete', async () => {
        const strange = newTestFileId();
        const { job: waiting } = await queued(store, owner);
        const { job: over } = await failed(store, owner);
        const given = await uploading(store, owner);
        await store.jobIntake.abort(given.id, storageError);
        const videos = [waiting.source.fileId, over.source.fileId, given.sourceFileId, strange];

        expect(await store.jobUpkeep.orphans('videos', videos)).toEqual([strange]);
        await store.jobUpkeep.deleted({ bucket: 'videos', fileId: given.sourceFileId });
        const orphans = await store.jobUpkeep.orphans('videos', videos);
        expect(orphans.toSorted()).toEqual([strange, given.sourceFileId].toSorted());
      });

      test('names no MP3 that is shown or being made', async () => {
        const strange = newTestFileId();
        const shown = (await done(store, owner)).lease.outputFileId;
        const made = (await running(store, owner)).lease.outputFileId;

        expect(await store.jobUpkeep.orphans('mp3s', [shown, made, strange])).toEqual([strange]);
      });
    });

    test('notes that a sweep ended', async () => {
      await expect(store.jobUpkeep.swept({ expired: 1 })).resolves.toBeUndefined();
      await expect(store.jobUpkeep.swept({ expired: 2 })).resolves.toBeUndefined();
    });
  });
}
