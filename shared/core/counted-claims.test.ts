import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addOwner,
  newTestFileId,
  queued,
  receipt,
  resultOf,
  storageError,
} from '#shared/testing/job-stages';
import type { Store } from '#shared/testing/store';
import { createFakeStore } from '#shared/testing/store.fake';
import { countedClaims } from './counted-claims.ts';
import type { Claim, JobClaims } from './ports.ts';

let store: Store;
let told: unknown[];
let nowMs: number;
let claims: JobClaims;
let claim: Claim;
beforeEach(async () => {
  store = createFakeStore();
  told = [];
  nowMs = 0;
  const tally = {
    claimed: () => void told.push('claimed'),
    ended: (outcome: string) => void told.push(outcome),
    converted: (...seconds: number[]) => void told.push(seconds),
  };
  claims = countedClaims(store.jobClaims, tally, () => nowMs);
  await queued(store, await addOwner(store));
  const request = { worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() };
  claim = (await claims.claim(request)) as Claim;
});

describe('countedClaims', () => {
  test('counts a job that is done, with its sound and the time it took', async () => {
    nowMs = 500;
    await claims.publish(claim.lease, resultOf(claim), receipt);
    expect(told).toEqual(['claimed', 'done', [2, 0.5]]);
  });

  test('counts a claim once that is asked again', async () => {
    const { outputFileId } = claim.lease;
    await claims.claim({ worker: 'w', leaseSeconds: 60, outputFileId });
    expect(told).toEqual(['claimed']);
  });

  test('counts an end once that is asked again', async () => {
    await claims.publish(claim.lease, resultOf(claim), receipt);
    await claims.publish(claim.lease, resultOf(claim), receipt);
    expect(told.filter((one) => one === 'done')).toHaveLength(1);
  });

  test.each([
    ['fail', () => claims.fail(claim.lease, storageError), 'storage'],
    ['postpone', () => claims.postpone(claim.lease, storageError, 0), 'storage'],
    ['giveBack', () => claims.giveBack(claim.lease), 'given_back'],
  ] as const)('counts %s by what ended the attempt', async (_name, step, outcome) => {
    await step();
    expect(told).toEqual(['claimed', outcome]);
  });

  test.each([
    ['publish', () => claims.publish(claim.lease, resultOf(claim), receipt)],
    ['fail', () => claims.fail(claim.lease, storageError)],
    ['postpone', () => claims.postpone(claim.lease, storageError, 0)],
    ['giveBack', () => claims.giveBack(claim.lease)],
  ] as const)('counts %s under a lost lease as lost', async (_name, step) => {
    await store.jobShelf.cancel(claim.job.ownerId, claim.job.id);
    await step();
    expect(told).toEqual(['claimed', 'lost']);
  });

  test('counts a lease that was lost, once', async () => {
    await store.jobShelf.cancel(claim.job.ownerId, claim.job.id);
    await claims.heartbeat(claim.lease, 60, 0.5);
    await claims.publish(claim.lease, resultOf(claim), receipt);
    expect(told).toEqual(['claimed', 'lost']);
  });

  test('counts nothing where there is nothing to claim, or where the lease is renewed', async () => {
    await claims.claim({ worker: 'w', leaseSeconds: 60, outputFileId: newTestFileId() });
    await claims.heartbeat(claim.lease, 60, 0.5);
    expect(told).toEqual(['claimed']);
  });
});
