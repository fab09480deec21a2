import { beforeEach, describe, expect, test } from '@jest/globals';
import { next } from '#shared/core/jobs';
import type { Claim } from '#shared/core/ports';
import {
  addOwner,
  claim,
  discardedIds,
  done,
  limits,
  newTestFileId,
  queued,
  receipt,
  resultOf,
  running,
  stepsOf,
  storageError,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every JobClaims does. */
export function describeJobClaims(name: string, makeStore: MakeStore): void {
  describe(`JobClaims: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });
    const nothing = () =>
      store.jobClaims.claim({ worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() });
    const stateOf = async (id: string) => (await store.jobShelf.find(owner, id))?.state;

    describe('claim', () => {
      test('takes the job that has waited longest, with a lease of its own', async () => {
        const { job } = await queued(store, owner);
        await queued(store, owner);

        const claimed = await claim(store);

        expect(claimed.job).toMatchObject({ id: job.id, state: 'running', attempt: 1 });
        expect(claimed.lease).toMatchObject({ jobId: job.id, token: 1 });
        expect(claimed.requestId).toBe(`request-${job.id}`);
      });

      test('finds nothing where nothing waits', async () => {
        expect(await nothing()).toBeUndefined();
      });

      test('leaves a running job to its worker', async () => {
        await running(store, owner);

        expect(await nothing()).toBeUndefined();
      });

      test('answers the same when the reply was lost', async () => {
        await queued(store, owner);
        await queued(store, owner);
        const request = { worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() };

        const first = await store.jobClaims.claim(request);

        expect(await store.jobClaims.claim(request)).toEqual(first);
      });

      test('takes a job over when its lease ran out, and keeps the old output for a while', async () => {
        const old = await running(store, owner, 0.2);
        await new Promise((resolve) => setTimeout(resolve, 220));

        const taken = await claim(store);

        expect(taken.lease).toMatchObject({ jobId: old.lease.jobId, token: 2 });
        expect(taken.job.attempt).toBe(2);
        expect(await discardedIds(store, 'mp3s')).toEqual([]);
        await new Promise((resolve) => setTimeout(resolve, 420));
        expect(await discardedIds(store, 'mp3s')).toEqual([old.lease.outputFileId]);
      });

      test('gives a job to one of many who ask at once (S4)', async () => {
        for (let i = 0; i < 20; i += 1) await queued(store, owner);

        const claims = await Promise.all(Array.from({ length: 40 }, nothing));

        const ids = claims.flatMap((one) => one?.job.id ?? []);
        expect(ids).toHaveLength(20);
        expect(new Set(ids).size).toBe(20);
      });

      test('takes no job whose attempts are used up', async () => {
        await queued(store, owner);
        for (let attempt = 0; attempt < 5; attempt += 1) await claim(store, 0);

        expect(await nothing()).toBeUndefined();
      });
    });

    describe('heartbeat', () => {
      test('renews the lease and shows the progress', async () => {
        const { lease } = await running(store, owner, 0);

        expect(await store.jobClaims.heartbeat(lease, 60, 0.5)).toBe(true);

        expect(await nothing()).toBeUndefined();
        expect(await store.jobShelf.find(owner, lease.jobId)).toMatchObject({ progress: 0.5 });
      });

      test('tells the worker that the person cancelled', async () => {
        const { lease } = await running(store, owner);
        await store.jobShelf.cancel(owner, lease.jobId);

        expect(await store.jobClaims.heartbeat(lease, 60, 0.5)).toBe(false);
      });
    });

    describe('publish', () => {
      test('shows the MP3 with receipt, bell and mail', async () => {
        const claimed = await running(store, owner);

        const published = await store.jobClaims.publish(claimed.lease, resultOf(claimed), receipt);

        expect(published?.bell.event).toEqual({
          v: 1,
          type: 'conversion_completed',
          jobId: claimed.job.id,
          requestId: claimed.requestId,
        });
        expect(await store.jobShelf.find(owner, claimed.job.id)).toMatchObject({
          state: 'done',
          progress: 1,
          result: resultOf(claimed),
          receipt,
          error: undefined,
          expiresAt: expect.any(Date),
        });
        expect(await store.mails.claim(60)).toMatchObject({ kind: 'conversion_completed' });
        expect(await discardedIds(store, 'mp3s')).toEqual([]);
      });

      test('keeps the MP3 for seven days', async () => {
        const { job } = await done(store, owner);

        const shown = await store.jobShelf.find(owner, job.id);

        const keptMs = Number(shown?.expiresAt) - Number(shown?.updatedAt);
        expect(Math.round(keptMs / 1_000)).toBe(7 * 86_400);
      });

      test('answers the same when the reply was lost', async () => {
        const claimed = await running(store, owner);
        const first = await store.jobClaims.publish(claimed.lease, resultOf(claimed), receipt);

        const second = await store.jobClaims.publish(claimed.lease, resultOf(claimed), receipt);

        expect(second).toEqual(first);
        expect(await stepsOf(store, claimed.job.id)).toEqual(['accept', 'claim', 'publish']);
      });
    });

    describe('fail', () => {
      test('ends the job with its reason, bell and mail, and discards the output', async () => {
        const { lease } = await running(store, owner);

        const over = await store.jobClaims.fail(lease, storageError);

        expect(over?.bell.event).toMatchObject({ type: 'conversion_failed', jobId: lease.jobId });
        expect(await store.jobShelf.find(owner, lease.jobId)).toMatchObject({
          state: 'failed',
          error: storageError,
          expiresAt: expect.any(Date),
        });
        expect(await store.mails.claim(60)).toMatchObject({ kind: 'conversion_failed' });
        expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
      });

      test('answers the same when the reply was lost', async () => {
        const { lease } = await running(store, owner);
        const first = await store.jobClaims.fail(lease, storageError);

        expect(await store.jobClaims.fail(lease, storageError)).toEqual(first);
        expect(await stepsOf(store, lease.jobId)).toEqual(['accept', 'claim', 'fail']);
      });
    });

    describe('postpone', () => {
      test('queues the job for later and keeps the attempt counted', async () => {
        const { lease } = await running(store, owner);

        expect(await store.jobClaims.postpone(lease, storageError, 300)).toBe(true);

        expect(await nothing()).toBeUndefined();
        await new Promise((resolve) => setTimeout(resolve, 350));
        expect((await claim(store)).job).toMatchObject({ attempt: 2, error: storageError });
        expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
      });

      test('tells the next worker what attempts ended with since the person asked', async () => {
        const { job, lease, failures } = await running(store, owner);
        expect(failures).toEqual([]);
        await store.jobClaims.postpone(lease, storageError, 0);
        const second = await claim(store);
        expect(second.failures).toEqual(['storage']);

        await store.jobClaims.fail(second.lease, storageError);
        await store.jobShelf.retry(owner, job.id, 'request-2');
        expect((await claim(store)).failures).toEqual([]);
      });
    });

    describe('giveBack', () => {
      test('queues the job at once and refunds the attempt', async () => {
        const { lease } = await running(store, owner);

        const givenBack = await store.jobClaims.giveBack(lease);

        expect(givenBack?.bell.event).toMatchObject({ type: 'video_uploaded', jobId: lease.jobId });
        expect(await store.jobUpkeep.unrung(0, limits)).toContainEqual(givenBack?.bell);
        const again = await claim(store);
        expect(again.job).toMatchObject({ id: lease.jobId, attempt: 1 });
        expect(again.lease.token).toBe(2);
        expect(await discardedIds(store, 'mp3s')).toEqual([lease.outputFileId]);
      });
    });

    describe('under a lost lease', () => {
      const losses: Record<string, (held: Claim) => Promise<unknown>> = {
        'another worker took over': () => claim(store),
        'the person cancelled': ({ job }) => store.jobShelf.cancel(owner, job.id),
        'the worker gave it back': ({ lease }) => store.jobClaims.giveBack(lease),
        'it was postponed': ({ lease }) => store.jobClaims.postpone(lease, storageError, 0),
        'it failed for good and was retried': async ({ job, lease }) => {
          await store.jobClaims.fail(lease, storageError);
          await store.jobShelf.retry(owner, job.id, 'request-2');
        },
        'the account was removed': () => store.users.remove(owner),
      };

      test.each(Object.entries(losses))('every write is refused: %s', async (_, lose) => {
        const held = await running(store, owner, 0);
        await lose(held);
        const before = await stateOf(held.job.id);
        const { jobClaims } = store;

        expect(await jobClaims.heartbeat(held.lease, 60, 0.9)).toBe(false);
        expect(await jobClaims.publish(held.lease, resultOf(held), receipt)).toBeUndefined();
        expect(await jobClaims.fail(held.lease, storageError)).toBeUndefined();
        expect(await jobClaims.postpone(held.lease, storageError, 0)).toBe(false);
        expect(await jobClaims.giveBack(held.lease)).toBeUndefined();
        expect(await stateOf(held.job.id)).toBe(before);
      });

      test('the result of a done job stays', async () => {
        const { job, lease } = await done(store, owner);

        expect(await store.jobClaims.fail(lease, storageError)).toBeUndefined();
        expect(await store.jobClaims.giveBack(lease)).toBeUndefined();
        expect(await stateOf(job.id)).toBe('done');
      });
    });

    test('writes every step down, each one in the table (I3)', async () => {
      const { job, lease } = await running(store, owner);
      await store.jobClaims.giveBack(lease);
      await store.jobClaims.postpone((await claim(store)).lease, storageError, 0);
      await store.jobClaims.fail((await claim(store, 0)).lease, storageError);
      await store.jobShelf.retry(owner, job.id, 'request-2');
      await claim(store, 0);
      const last = await claim(store);
      await store.jobClaims.publish(last.lease, resultOf(last), receipt);
      await store.jobShelf.remove(owner, job.id);

      const edges = await store.history(job.id);

      expect(edges.map(({ step, attempt, token }) => [step, attempt, token])).toEqual([
        ['accept', 0, 0],
        ['claim', 1, 1],
        ['give_back', 1, 1],
        ['claim', 1, 2],
        ['postpone', 1, 2],
        ['claim', 2, 3],
        ['fail', 2, 3],
        ['retry', 2, 3],
        ['claim', 1, 4],
        ['claim', 2, 5],
        ['publish', 2, 5],
        ['expire', 2, 5],
      ]);
      for (const { from, step, to } of edges) expect(next(from, step)).toBe(to);
      const states = edges.flatMap(({ from, to }) => [from, to]).slice(1, -1);
      for (let i = 0; i < states.length; i += 2) expect(states[i]).toBe(states[i + 1]);
    });

    test('writes the code down with a step that is made because of an error, and with no other', async () => {
      const { job, lease } = await running(store, owner);
      await store.jobClaims.postpone(lease, storageError, 0);
      await store.jobClaims.fail((await claim(store)).lease, {
        code: 'no_audio',
        message: 'None.',
      });
      await store.jobShelf.retry(owner, job.id, 'request-2');

      const edges = await store.history(job.id);

      expect(edges.map(({ step, code }) => [step, code])).toEqual([
        ['accept', undefined],
        ['claim', undefined],
        ['postpone', 'storage'],
        ['claim', undefined],
        ['fail', 'no_audio'],
        ['retry', undefined],
      ]);
    });

    test('leaves a bell in the outbox until it is rung', async () => {
      const { job, bell } = await queued(store, owner);

      await store.outbox.rung([bell.outboxId]);
      await store.outbox.rung([bell.outboxId]);

      expect(await store.jobUpkeep.unrung(0, limits)).toEqual([]);
      expect(await stateOf(job.id)).toBe('queued');
    });
  });
}
