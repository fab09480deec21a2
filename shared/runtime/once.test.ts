import { describe, expect, test } from '@jest/globals';
import { once } from './once.ts';

describe('once', () => {
  test('builds at the first use and shares it', async () => {
    let builds = 0;
    const value = once(() => Promise.resolve((builds += 1)));
    expect(value.current()).toBeUndefined();
    expect(await Promise.all([value.get(), value.get(), value.current()])).toEqual([1, 1, 1]);
  });

  test('forgets a build that failed', async () => {
    let builds = 0;
    const value = once(() => {
      builds += 1;
      return builds === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(builds);
    });
    await expect(value.get()).rejects.toThrow('not yet');
    expect(value.current()).toBeUndefined();
    expect(await value.get()).toBe(2);
  });
});
