import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Job, JobError } from '#shared/core/job';
import {
  addOwner,
  claim,
  discardedIds,
  done,
  failed,
  newTestId,
  queued,
  running,
  stepsOf,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

const damage: JobError = { code: 'stored_file_damaged', message: 'A part is missing.' };

/** What every JobShelf does. */
export function describeJobShelf(name: string, makeStore: MakeStore): void {
  describe(`JobShelf: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });

    test("shows the owner's jobs, newest first, page by page", async () => {
      const jobs: Job[] = [];
      for (let i = 0; i < 5; i += 1) jobs.unshift((await queued(store, owner)).job);

      const first = await store.jobShelf.list(owner, { before: undefined, limit: 2 });
      const second = await store.jobShelf.list(owner, { before: first[1]?.id, limit: 10 });

      expect([...first, ...second]).toEqual(jobs);
    });

    test.each(['find', 'cancel', 'retry', 'remove', 'list', 'noteDamage'] as const)(
      "%s does not know another person's job, a random id or a malformed one (31, I9)",
      async (what) => {
        const { job } = await failed(store, owner);
        const stranger = await addOwner(store);
        const before = await store.jobShelf.find(owner, job.id);

        for (const id of [job.id, newTestId(), '1', "' OR true --", `{${job.id}}`]) {
          expect(await ask(store, what, stranger, id)).toBe('nothing');
        }
        expect(await store.jobShelf.find(owner, job.id)).toEqual(before);
      },
    );

    test('cancels a job that waits', async () => {
      const { job } = await queued(store, owner);

      expect(await store.jobShelf.cancel(owner, job.id)).toMatchObject({
        id: job.id,
        state: 'cancelled',
        expiresAt: expect.any(Date),
      });
      await expect(claim(store)).rejects.toThrow('There is nothing to claim.');
    });

    test('cancels a job that runs, and keeps its output until the worker surely stopped', async () => {
      const { job, lease } = await running(store, owner, 0.2);

      await store.jobShelf.cancel(owner, job.id);

      expect(await discardedIds(store, 'mp3s')).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 420));
      expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
    });

    test('sends no mail about a cancelled job', async () => {
      const { job } = await running(store, owner);
      await store.jobShelf.cancel(owner, job.id);

      expect(await store.mails.claim(60)).toBeUndefined();
    });

    test.each([
      ['done', done],
      ['failed', failed],
    ])('does not cancel what is %s', async (state, reach) => {
      const { job } = await reach(store, owner);

      expect(await store.jobShelf.cancel(owner, job.id)).toBeUndefined();
      expect(await store.jobShelf.find(owner, job.id)).toMatchObject({ state });
    });

    test('queues a failed job again with fresh attempts and a bell', async () => {
      const { job } = await failed(store, owner);

      const again = await store.jobShelf.retry(owner, job.id, 'request-2');

      expect(again?.job).toMatchObject({
        state: 'queued',
        attempt: 0,
        error: undefined,
        expiresAt: undefined,
      });
      expect(again?.bell.event).toMatchObject({ type: 'video_uploaded', requestId: 'request-2' });
      expect((await claim(store)).requestId).toBe('request-2');
    });

    test('does not queue again what is done', async () => {
      const { job } = await done(store, owner);

      expect(await store.jobShelf.retry(owner, job.id, 'request-2')).toBeUndefined();
    });

    test('notes once that the MP3 of a done job is damaged, and goes on calling it done (38)', async () => {
      const { job } = await done(store, owner);

      await store.jobShelf.noteDamage(owner, job.id, damage);
      await store.jobShelf.noteDamage(owner, job.id, { ...damage, message: 'Once more.' });

      expect(await store.jobShelf.find(owner, job.id)).toMatchObject({
        state: 'done',
        error: damage,
      });
      expect(await stepsOf(store, job.id)).toEqual(['accept', 'claim', 'publish', 'damage']);
    });

    test.each([
      ['runs', running],
      ['failed', failed],
    ])('notes no damaged MP3 on a job that %s', async (_state, reach) => {
      const { job } = await reach(store, owner);
      const before = await store.jobShelf.find(owner, job.id);

      await store.jobShelf.noteDamage(owner, job.id, damage);

      expect(await store.jobShelf.find(owner, job.id)).toEqual(before);
    });

    test('hides a job at once and hands its files over', async () => {
      const { job, lease } = await done(store, owner);

      expect(await store.jobShelf.remove(owner, job.id)).toBe(true);

      expect(await store.jobShelf.find(owner, job.id)).toBeUndefined();
      expect(await store.jobShelf.list(owner, { before: undefined, limit: 10 })).toEqual([]);
      expect(await store.jobShelf.remove(owner, job.id)).toBe(false);
      expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
      expect(await discardedIds(store, 'videos')).toEqual([job.source.fileId]);
    });

    test.each([
      ['uploading', async (own: Store, by: string) => (await uploading(own, by)).id],
      ['queued', async (own: Store, by: string) => (await queued(own, by)).job.id],
      ['running', async (own: Store, by: string) => (await running(own, by)).job.id],
    ])('does not remove a job that is %s', async (state, reach) => {
      const id = await reach(store, owner);

      expect(await store.jobShelf.remove(owner, id)).toBe(false);
      expect(await store.jobShelf.find(owner, id)).toMatchObject({ state });
    });
  });
}

/** `nothing` when the answer tells nothing about any job. */
async function ask(
  { jobShelf }: Store,
  what: 'find' | 'cancel' | 'retry' | 'remove' | 'list' | 'noteDamage',
  owner: string,
  id: string,
): Promise<unknown> {
  const answers = {
    find: () => jobShelf.find(owner, id),
    cancel: () => jobShelf.cancel(owner, id),
    retry: () => jobShelf.retry(owner, id, 'request-2'),
    remove: async () => (await jobShelf.remove(owner, id)) || undefined,
    noteDamage: () => jobShelf.noteDamage(owner, id, damage),
    list: async () => (await jobShelf.list(owner, { before: id, limit: 9 }))[0],
  };
  return (await answers[what]()) ?? 'nothing';
}
