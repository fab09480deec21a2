import { beforeEach, describe, expect, test } from '@jest/globals';
import { addOwner, claim, done, failed, storageError } from '#shared/testing/job-stages';
import { mailDomain } from '#shared/testing/store';
import type { MakeStore, Store } from '#shared/testing/store';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What every Mails does. */
export function describeMails(name: string, makeStore: MakeStore): void {
  describe(`Mails: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store, 'ada@example.org');
    });

    test('hands out the mail about a job with all that its text needs', async () => {
      const { job, requestId } = await done(store, owner);

      const mail = await store.mails.claim(60);

      expect(mail).toMatchObject({
        kind: 'conversion_completed',
        to: 'ada@example.org',
        messageId: `<conversion_completed.${job.id}@${mailDomain}>`,
        attempt: 1,
        requestId,
      });
      expect(mail?.job).toEqual(await store.jobShelf.find(owner, job.id));
    });

    test('hands a mail to one sender at a time', async () => {
      await done(store, owner);

      const [one, other] = await Promise.all([store.mails.claim(60), store.mails.claim(60)]);

      expect([one, other].filter(Boolean)).toHaveLength(1);
    });

    test('hands it out again, with the same Message-ID, when the sender died (28)', async () => {
      await done(store, owner);
      const first = await store.mails.claim(0);

      const second = await store.mails.claim(60);

      expect(second).toEqual({ ...first, attempt: 2 });
    });

    test('leaves a mail that its senders die of to each for longer', async () => {
      await done(store, owner);
      await store.mails.claim(0);
      await store.mails.claim(0.3);
      await pause(350);
      for (let attempt = 3; attempt <= 5; attempt += 1) await store.mails.claim(0);

      expect(await store.mails.claim(0.3)).toMatchObject({ attempt: 6 });
      await pause(350);
      expect(await store.mails.claim(0)).toBeUndefined();
    });

    test('hands out no mail that was sent or refused for good', async () => {
      await done(store, owner);
      await failed(store, owner);
      const one = await store.mails.claim(0);
      await store.mails.sent(String(one?.id));
      const other = await store.mails.claim(0);
      await store.mails.fail(String(other?.id), '550 no such person');

      expect(other?.id).not.toBe(one?.id);
      expect(await store.mails.claim(0)).toBeUndefined();
    });

    test('hands a postponed mail out when its time has come', async () => {
      await done(store, owner);
      const first = await store.mails.claim(60);
      await store.mails.postpone(String(first?.id), 300, '451 later');

      expect(await store.mails.claim(60)).toBeUndefined();
      await pause(350);
      expect(await store.mails.claim(60)).toMatchObject({ id: first?.id, attempt: 2 });
    });

    test('keeps one mail for each job and kind, however often its end is told (I8)', async () => {
      const { lease } = await failed(store, owner);
      await store.jobClaims.fail(lease, storageError);

      expect(await store.mails.claim(60)).toMatchObject({ kind: 'conversion_failed' });
      expect(await store.mails.claim(60)).toBeUndefined();
    });

    test('keeps another mail, with another Message-ID, for what a person asked for once more', async () => {
      const { job } = await failed(store, owner);
      await store.mails.sent(String((await store.mails.claim(60))?.id));
      await store.jobShelf.retry(owner, job.id, 'request-2');
      await store.jobClaims.fail((await claim(store)).lease, storageError);

      expect(await store.mails.claim(60)).toMatchObject({
        kind: 'conversion_failed',
        messageId: `<conversion_failed.${job.id}.2@${mailDomain}>`,
        requestId: 'request-2',
        job: { id: job.id, round: 2, error: storageError },
      });
      expect(await store.mails.claim(60)).toBeUndefined();
    });

    test('hands out a mail without its job once the person asked for the job again', async () => {
      const { job } = await failed(store, owner);
      await store.jobShelf.retry(owner, job.id, 'request-2');
      await store.jobClaims.fail((await claim(store)).lease, storageError);

      const mails = [await store.mails.claim(60), await store.mails.claim(60)];

      expect(mails.map((mail) => mail?.job?.round)).toEqual([undefined, 2]);
    });

    test('tells the owner of an address that it was registered again, once a day (8)', async () => {
      await addOwner(store, 'ada@example.org');
      await addOwner(store, 'ada@example.org');

      const mail = await store.mails.claim(60);
      expect(mail).toMatchObject({ kind: 'account_exists', to: 'ada@example.org', job: undefined });
      expect(mail?.messageId).toBe(`<account_exists.${String(mail?.id)}@${mailDomain}>`);
      expect(await store.mails.claim(60)).toBeUndefined();
    });
  });
}
