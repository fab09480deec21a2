import { describe, expect, test } from '@jest/globals';

import { clampReplicas, replicasAfterAlert, scaleRangeOf } from './scaling.ts';

const label = (name: string, value: string) => ({ [`com.openfaas.scale.${name}`]: value });

describe('clampReplicas', () => {
  test.each([
    [0, 1],
    [1, 1],
    [5, 5],
    [6, 5],
  ])('%i → %i', (wanted, replicas) => {
    expect(clampReplicas(wanted)).toBe(replicas);
  });
});

describe('scaleRangeOf', () => {
  test('is 1 to 5 in steps of 20 % without labels', () => {
    expect(scaleRangeOf({})).toEqual({ min: 1, max: 5, factor: 20 });
  });

  test('is what the labels say', () => {
    const labels = { ...label('min', '2'), ...label('max', '4'), ...label('factor', '50') };
    expect(scaleRangeOf(labels)).toEqual({ min: 2, max: 4, factor: 50 });
  });

  test('stays within 1 and 5, whatever the labels say', () => {
    const labels = { ...label('min', '0'), ...label('max', '20'), ...label('factor', 'all') };
    expect(scaleRangeOf(labels)).toEqual({ min: 1, max: 5, factor: 20 });
  });
});

describe('replicasAfterAlert', () => {
  test.each([
    ['firing', 1, { min: 1, max: 5, factor: 20 }, 2],
    ['firing', 1, { min: 1, max: 4, factor: 30 }, 3],
    ['firing', 4, { min: 1, max: 5, factor: 50 }, 5],
    ['firing', 5, { min: 1, max: 5, factor: 20 }, 5],
    ['firing', 2, { min: 1, max: 5, factor: 0 }, 2],
    ['resolved', 4, { min: 2, max: 5, factor: 20 }, 2],
    ['anything', 3, { min: 1, max: 5, factor: 20 }, 1],
  ])('%s at %i of %j → %i', (status, current, range, replicas) => {
    expect(replicasAfterAlert(status, current, range)).toBe(replicas);
  });
});
