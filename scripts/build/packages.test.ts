import { describe, expect, test } from '@jest/globals';
import { foreignPackages, packageOf } from './packages.ts';

describe('packageOf', () => {
  test.each([
    ['node_modules/pg/lib/client.js', 'pg'],
    ['node_modules/@scope/name/index.js', '@scope/name'],
    ['node_modules/a/node_modules/b/index.js', 'b'],
  ])('%s belongs to %s', (path, name) => {
    expect(packageOf(path)).toBe(name);
  });

  test('a file of our own belongs to none', () => {
    expect(packageOf('shared/core/jobs.ts')).toBeUndefined();
  });
});

describe('foreignPackages', () => {
  const direct = ['pg', 'mongodb', 'valibot'];

  test('names a direct dependency that is not on the list', () => {
    expect(foreignPackages(['mongodb', 'valibot'], ['valibot'], direct)).toEqual(['mongodb']);
  });

  test('lets pass what a listed package brings itself', () => {
    expect(foreignPackages(['pg', 'pg-protocol'], ['pg'], direct)).toEqual([]);
  });
});
