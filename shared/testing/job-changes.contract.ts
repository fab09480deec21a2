import { beforeEach, describe, expect, test } from '@jest/globals';
import { addOwner, claim, queued } from '#shared/testing/job-stages';
import type { MakeStore, Store } from '#shared/testing/store';

/** What every JobChanges does. */
export function describeJobChanges(name: string, makeStore: MakeStore): void {
  describe(`JobChanges: ${name}`, () => {
    let store: Store;
    let owner: string;
    beforeEach(async () => {
      store = await makeStore();
      owner = await addOwner(store);
    });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

    test('tells of each change of state and progress, after it can be read', async () => {
      const { job } = await queued(store, owner);
      await settled();
      const seen: unknown[] = [];
      const stop = await store.jobChanges.subscribe(job.id, () => {
        void store.jobShelf.find(owner, job.id).then((now) => {
          seen.push([now?.state, now?.progress]);
        });
      });

      const { lease } = await claim(store);
      await settled();
      await store.jobClaims.heartbeat(lease, 60, 0.5);
      await settled();
      await store.jobClaims.heartbeat(lease, 60, 0.5);
      await settled();
      stop();

      expect(seen).toEqual([
        ['running', 0],
        ['running', 0.5],
      ]);
    });

    test('tells only who asked about the job, and nobody who stopped', async () => {
      const { job } = await queued(store, owner);
      const { job: other } = await queued(store, owner);
      await settled();
      const calls: string[] = [];
      const note = (who: string) => () => void calls.push(who);
      const stopOther = await store.jobChanges.subscribe(other.id, note('other'));
      const stop = await store.jobChanges.subscribe(job.id, note('stopped'));
      const stopSecond = await store.jobChanges.subscribe(job.id, note('second'));
      stop();

      await store.jobShelf.cancel(owner, job.id);
      await settled();
      stopSecond();
      stopOther();

      expect(calls).toEqual(['second']);
    });
  });
}
