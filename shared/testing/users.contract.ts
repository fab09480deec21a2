import { beforeEach, describe, expect, test } from '@jest/globals';
import type { NewUser } from '#shared/core/ports';
import {
  addOwner,
  discardedIds,
  done,
  limits,
  newTestId,
  queued,
  running,
  uploading,
} from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

function newUser(changes: Partial<NewUser> = {}): NewUser {
  return {
    id: newTestId(),
    email: 'Ada@Example.org',
    emailKey: 'ada@example.org',
    passwordHash: '$argon2id$1',
    ...changes,
  };
}

/** What every Users does. */
export function describeUsers(name: string, makeStore: MakeStore): void {
  describe(`Users: ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await makeStore();
    });
    const startSession = (userId: string, tokenHash: string) =>
      store.sessions.start({ familyId: newTestId(), userId, tokenHash, lifetimeSeconds: 60 });

    test('adds an account that is found by id and by address', async () => {
      const user = newUser();

      expect(await store.users.create(user)).toBe('created');

      const found = await store.users.findById(user.id);
      expect(found).toEqual({ ...user, roles: ['user'], createdAt: expect.any(Date) });
      expect(await store.users.findByEmailKey('ada@example.org')).toEqual(found);
    });

    test('finds nobody under another address, a random id or a malformed one', async () => {
      await store.users.create(newUser());

      expect(await store.users.findByEmailKey('Ada@Example.org')).toBeUndefined();
      expect(await store.users.findById(newTestId())).toBeUndefined();
      expect(await store.users.findById('1')).toBeUndefined();
    });

    test('refuses a second account with the same address, also in a race of 50 (15)', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => store.users.create(newUser())),
      );

      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      expect(await store.users.list({ after: undefined, limit: 100 })).toHaveLength(1);
      expect(await store.mails.claim(60)).toMatchObject({ kind: 'account_exists' });
      expect(await store.mails.claim(60)).toBeUndefined();
    });

    test.each([
      { keepSessions: true, outcome: 'rotated' },
      { keepSessions: false, outcome: 'unknown' },
    ])('a new password leaves sessions as asked: %o (28)', async ({ keepSessions, outcome }) => {
      const id = await addOwner(store);
      await startSession(id, 'token');

      await store.users.setPasswordHash(id, '$argon2id$2', { keepSessions });

      expect(await store.users.findById(id)).toMatchObject({ passwordHash: '$argon2id$2' });
      expect(await store.sessions.rotate('token', 'next')).toMatchObject({ outcome });
    });

    test('sets roles, and says when there is no such person', async () => {
      const id = await addOwner(store);

      expect(await store.users.setRoles(id, ['user', 'admin'])).toBe(true);
      expect(await store.users.findById(id)).toMatchObject({ roles: ['user', 'admin'] });
      expect(await store.users.setRoles(newTestId(), ['admin'])).toBe(false);
      expect(await store.users.setRoles('1', ['admin'])).toBe(false);
    });

    test('lists accounts page by page, oldest first', async () => {
      const ids = [await addOwner(store), await addOwner(store), await addOwner(store)];

      const first = await store.users.list({ after: undefined, limit: 2 });
      const second = await store.users.list({ after: first[1]?.id, limit: 2 });

      expect([...first, ...second].map(({ id }) => id)).toEqual(ids);
    });

    test('forgets a person with everything that was theirs', async () => {
      const id = await addOwner(store, 'ada@example.org');
      await startSession(id, 'token');
      await store.idempotencyKeys.begin(id, 'key', newTestId());
      const over = await done(store, id);
      const worked = await running(store, id, 0);
      const { job: waiting } = await queued(store, id);
      const upload = await uploading(store, id, { leaseSeconds: 0 });

      await store.users.remove(id);

      expect(await store.users.findById(id)).toBeUndefined();
      expect(await store.jobShelf.list(id, { before: undefined, limit: 10 })).toEqual([]);
      expect(await store.sessions.rotate('token', 'next')).toEqual({ outcome: 'unknown' });
      expect(await store.mails.claim(60)).toBeUndefined();
      expect(await store.jobClaims.heartbeat(worked.lease, 60, 0.5)).toBe(false);
      expect((await discardedIds(store, 'mp3s')).toSorted()).toEqual(
        [over.lease.outputFileId, worked.lease.outputFileId].toSorted(),
      );
      expect((await discardedIds(store, 'videos')).toSorted()).toEqual(
        [
          over.job.source.fileId,
          worked.job.source.fileId,
          waiting.source.fileId,
          upload.sourceFileId,
        ].toSorted(),
      );
      await store.jobUpkeep.forget(limits);
      expect(await store.history(over.job.id)).toEqual([]);
    });

    test('forgets nobody else', async () => {
      const other = await addOwner(store);
      const { job } = await done(store, other);
      await startSession(other, 'token');

      await store.users.remove(await addOwner(store));

      expect(await store.jobShelf.find(other, job.id)).toMatchObject({ state: 'done' });
      expect(await store.sessions.rotate('token', 'next')).toMatchObject({ outcome: 'rotated' });
    });

    test('lets an address be registered again after it was removed', async () => {
      const user = newUser();
      await store.users.create(user);
      await store.users.remove(user.id);

      expect(await store.users.create(newUser())).toBe('created');
    });
  });
}
