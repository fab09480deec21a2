import { beforeEach, describe, expect, test } from '@jest/globals';
import { timeline } from '#shared/core/timeline';
import {
  addOwner,
  claim,
  failed,
  newTestId,
  queued,
  receipt,
  resultOf,
  storageError,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every JobTraces does. */
export function describeJobTraces(name: string, makeStore: MakeStore): void {
  describe(`JobTraces: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });

    async function told(id: string): Promise<string[]> {
      const trace = await store.jobTraces.find(owner, id);
      const entries = trace === undefined ? [] : timeline(trace).entries;
      return entries.map(({ event, attempt, code }) =>
        [event, attempt, code].filter((part) => part !== null).join(' '),
      );
    }

    test('holds all that happened between the first byte and the mail', async () => {
      const { job, bell } = await queued(store, owner);
      await store.outbox.rung([bell.outboxId]);
      await store.jobClaims.postpone((await claim(store)).lease, storageError, 0);
      const last = await claim(store);
      const published = await store.jobClaims.publish(last.lease, resultOf(last), receipt);
      await store.outbox.rung([published?.bell.outboxId ?? '']);
      const mail = await store.mails.claim(60);
      await store.mails.sent(mail?.id ?? '');

      expect((await told(job.id)).toSorted()).toEqual(
        [
          'upload_began',
          'uploaded',
          'bell_rung',
          'attempt_began 1',
          'attempt_ended 1 storage',
          'attempt_began 2',
          'done 2',
          'bell_rung',
          'mail_sent 1',
        ].toSorted(),
      );
      const trace = await store.jobTraces.find(owner, job.id);
      expect(trace?.requestId).toBe(`request-${job.id}`);
      expect(trace?.createdAt).toEqual(job.createdAt);
      const stored = trace?.history.map(({ at }) => at.getTime()) ?? [];
      expect(stored).toEqual(stored.toSorted((one, other) => one - other));
    });

    test('holds what an MP3 is short of', async () => {
      await queued(store, owner);
      const held = await claim(store);
      const degraded = { code: 'truncated', promisedSeconds: 4, decodedSeconds: 2 } as const;
      await store.jobClaims.publish(held.lease, { ...resultOf(held), degraded }, receipt);

      expect(await told(held.job.id)).toContain('done 1 truncated');
      const job = await store.jobShelf.find(owner, held.job.id);
      expect(job?.result?.degraded).toEqual(degraded);
    });

    test('holds the request id of an upload that never ended', async () => {
      const { id } = await uploading(store, owner, { requestId: 'request-9' });
      await store.jobIntake.abort(id, { code: 'upload_timeout', message: 'It stood still.' });

      expect(await store.jobTraces.find(owner, id)).toMatchObject({ requestId: 'request-9' });
      expect(await told(id)).toEqual(['upload_began', 'upload_aborted upload_timeout']);
    });

    test('holds no bell that did not ring', async () => {
      const { job } = await queued(store, owner);

      expect(await told(job.id)).toEqual(['upload_began', 'uploaded']);
    });

    test("does not know another person's job, a random id or a malformed one (31, I9)", async () => {
      const { job } = await failed(store, owner);
      const stranger = await addOwner(store);

      for (const id of [job.id, newTestId(), '1', "' OR true --"]) {
        expect(await store.jobTraces.find(stranger, id)).toBeUndefined();
      }
    });

    test('does not know a job that its owner deleted', async () => {
      const { job } = await failed(store, owner);
      await store.jobShelf.remove(owner, job.id);

      expect(await store.jobTraces.find(owner, job.id)).toBeUndefined();
    });
  });
}
