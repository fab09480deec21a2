import { beforeEach, describe, expect, test } from '@jest/globals';
import { addOwner, newTestId } from '#shared/testing/job-stages';
import type { Store } from '#shared/testing/store';

/** A store whose sessions can be made older. */
export interface AgingStore {
  readonly store: Store;
  /** Lets time pass for refresh tokens that were used. */
  readonly age: (seconds: number) => Promise<void>;
}

/** What every Sessions does. */
export function describeSessions(name: string, make: () => Promise<AgingStore>): void {
  describe(`Sessions: ${name}`, () => {
    let store: Store;
    let age: AgingStore['age'];
    let userId: string;
    beforeEach(async () => {
      ({ store, age } = await make());
      userId = await addOwner(store);
      await start('first');
    });
    const start = (tokenHash: string, lifetimeSeconds = 3_600) =>
      store.sessions.start({ familyId: newTestId(), userId, tokenHash, lifetimeSeconds });
    const rotate = async (from: string, to: string) =>
      (await store.sessions.rotate(from, to)).outcome;

    test('changes a token for the next and tells whose it is (29)', async () => {
      expect(await store.sessions.rotate('first', 'second')).toEqual({
        outcome: 'rotated',
        user: await store.users.findById(userId),
      });
      expect(await rotate('second', 'third')).toBe('rotated');
    });

    test('does not know a token that was never given out', async () => {
      expect(await rotate('other', 'next')).toBe('unknown');
    });

    test('lets one of two win that refresh at once, and ends nothing (30)', async () => {
      const outcomes = await Promise.all([rotate('first', 'a'), rotate('first', 'b')]);

      expect(outcomes.toSorted()).toEqual(['raced', 'rotated']);
      const winner = outcomes[0] === 'rotated' ? 'a' : 'b';
      expect(await rotate(winner, 'c')).toBe('rotated');
    });

    test('ends the whole family when a used token comes back (30)', async () => {
      await rotate('first', 'second');
      await age(11);

      expect(await rotate('first', 'stolen')).toBe('reused');
      expect(await rotate('second', 'third')).toBe('unknown');
      expect(await rotate('first', 'stolen')).toBe('unknown');
    });

    test("leaves the person's other logins alone", async () => {
      await start('elsewhere');
      await rotate('first', 'second');
      await age(11);
      await rotate('first', 'stolen');

      expect(await rotate('elsewhere', 'next')).toBe('rotated');
    });

    test('does not know a token after its absolute lifetime, however often it was changed', async () => {
      await start('short', 0.3);
      expect(await rotate('short', 'next')).toBe('rotated');
      await new Promise((resolve) => setTimeout(resolve, 350));

      expect(await rotate('next', 'last')).toBe('unknown');
    });

    test('ends the family also when a token of it is changed at the same moment', async () => {
      for (let i = 0; i < 20; i += 1) {
        await start(`token ${i}`);

        await Promise.all([rotate(`token ${i}`, `next ${i}`), store.sessions.end(`token ${i}`)]);

        expect(await rotate(`next ${i}`, 'last')).toBe('unknown');
      }
    });

    test('ends the family of any of its tokens', async () => {
      await rotate('first', 'second');

      await store.sessions.end('first');
      await store.sessions.end('never given out');

      expect(await rotate('second', 'third')).toBe('unknown');
    });
  });
}
