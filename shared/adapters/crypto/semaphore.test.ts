import { describe, expect, test } from '@jest/globals';
import { createSemaphore } from './semaphore.ts';

describe('createSemaphore', () => {
  test('runs as much as it may, lets the next wait in order and refuses the one after', async () => {
    const enter = createSemaphore({ running: 1, waiting: 1 });
    const gate = Promise.withResolvers<string>();
    const order: string[] = [];

    const first = enter(() => gate.promise);
    const second = enter(() => Promise.resolve(order.push('second')));
    const third = enter(() => Promise.resolve(order.push('third')));

    await expect(third).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    expect(order).toEqual([]);
    gate.resolve('first');
    expect(await first).toBe('first');
    await second;
    expect(order).toEqual(['second']);
  });

  test('has its room back after work that failed', async () => {
    const enter = createSemaphore({ running: 1, waiting: 0 });
    const failure = new Error('no');

    await expect(enter(() => Promise.reject(failure))).rejects.toBe(failure);

    expect(await enter(() => Promise.resolve(1))).toBe(1);
  });
});
