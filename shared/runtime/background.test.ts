import { describe, expect, test } from '@jest/globals';
import { createBackground } from './background.ts';

describe('createBackground', () => {
  test('waits for all work, also for what work starts', async () => {
    const background = createBackground();
    const done: string[] = [];
    background.run(async () => {
      await Promise.resolve();
      done.push('first');
      background.run(async () => {
        await Promise.resolve();
        done.push('second');
      });
    });
    expect(done).toEqual([]);
    await background.settled();
    expect(done).toEqual(['first', 'second']);
  });

  test('outlives work that fails', async () => {
    const background = createBackground();
    background.run(() => Promise.reject(new Error('no')));
    await expect(background.settled()).resolves.toBeUndefined();
  });

  test('has settled where nothing was started', async () => {
    await expect(createBackground().settled()).resolves.toBeUndefined();
  });
});
