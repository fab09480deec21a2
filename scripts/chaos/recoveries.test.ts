import { describe, expect, test } from '@jest/globals';
import type { HistoryEntry } from '../invariants/census.ts';
import { percentile, recoveriesOf } from './recoveries.ts';

function entry(second: number, step: HistoryEntry['step'], token: number): HistoryEntry {
  const at = new Date(second * 1_000).toISOString();
  return { at, from: 'running', step, to: 'running', attempt: token, token };
}

/** What is said of a job whose first worker was last seen at that second. */
function recoveries(history: readonly HistoryEntry[], seenAt?: number): number[] {
  const lastSeen = (_jobId: string, token: number) =>
    token === 1 && seenAt !== undefined ? new Date(seenAt * 1_000) : undefined;
  return recoveriesOf({ id: 'job', history }, { lastSeen });
}

describe('recoveriesOf', () => {
  test('counts from the last sign of life of the worker that died', () => {
    expect(recoveries([entry(10, 'claim', 1), entry(30, 'claim', 2)], 22)).toEqual([8]);
  });

  test('counts from the claim where no later sign was seen', () => {
    expect(recoveries([entry(10, 'claim', 1), entry(30, 'claim', 2)])).toEqual([20]);
  });

  test('counts from when the job was given back', () => {
    const history = [entry(10, 'claim', 1), entry(15, 'give_back', 1), entry(16, 'claim', 2)];
    expect(recoveries(history, 14)).toEqual([1]);
  });

  test('counts no wait for a first claim, and none after a failure', () => {
    expect(recoveries([entry(1, 'accept', 0), entry(9, 'claim', 1)])).toEqual([]);
    const failed = [entry(1, 'claim', 1), entry(2, 'postpone', 1), entry(9, 'claim', 2)];
    expect(recoveries(failed)).toEqual([]);
  });
});

describe('percentile', () => {
  test.each([
    [0.5, 2],
    [0.99, 4],
    [1, 4],
    [0, 1],
  ])('%d of four', (share, value) => {
    expect(percentile([3, 1, 4, 2], share)).toBe(value);
  });

  test('is 0 of none', () => {
    expect(percentile([], 0.99)).toBe(0);
  });
});
