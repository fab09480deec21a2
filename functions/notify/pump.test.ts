import { describe, expect, test } from '@jest/globals';
import { createPump } from './pump.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Pieces of work that a test finishes by hand. */
function createWork(pieces: number) {
  const started: (() => void)[] = [];
  const state = { left: pieces, most: 0, running: 0, asked: 0 };
  return {
    state,
    work: async (): Promise<boolean> => {
      state.asked += 1;
      if (state.left === 0) return false;
      state.left -= 1;
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      await new Promise<void>((resolve) => started.push(resolve));
      state.running -= 1;
      return true;
    },
    finishAll: async () => {
      for (let finish = started.shift(); finish; finish = started.shift()) {
        finish();
        await settled();
      }
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('createPump', () => {
  test('does all there is, never more than its slots at once', async () => {
    const { work, state, finishAll } = createWork(10);
    const pump = createPump(work, 4, quiet);
    pump.wake();
    await finishAll();
    expect(state).toMatchObject({ left: 0, most: 4, running: 0 });
  });

  test('a hundred bells while it pumps make it look once more', async () => {
    const { work, state, finishAll } = createWork(1);
    const pump = createPump(work, 1, quiet);
    pump.wake();
    for (let bell = 0; bell < 100; bell += 1) pump.wake();
    await finishAll();
    await settled();
    expect(state.asked).toBe(3);
  });

  test('a bell after it rested wakes it again', async () => {
    const { work, state, finishAll } = createWork(0);
    const pump = createPump(work, 1, quiet);
    pump.wake();
    await settled();
    state.left = 1;
    pump.wake();
    await finishAll();
    expect(state.left).toBe(0);
  });

  test('work that rejects rests until the next bell', async () => {
    let calls = 0;
    const pump = createPump(
      () => {
        calls += 1;
        return Promise.reject(new Error('the store is down'));
      },
      1,
      quiet,
    );
    pump.wake();
    await settled();
    expect(calls).toBe(1);
    pump.wake();
    await settled();
    expect(calls).toBe(2);
  });

  test('drain finishes what is in hand and takes nothing new, bell or not', async () => {
    const { work, state, finishAll } = createWork(5);
    const pump = createPump(work, 2, quiet);
    pump.wake();
    const drained = pump.drain();
    pump.wake();
    await finishAll();
    await drained;
    expect(state).toMatchObject({ left: 3, running: 0 });
  });

  test('drain ends at once where nothing is in hand', async () => {
    await expect(createPump(createWork(0).work, 2, quiet).drain()).resolves.toBeUndefined();
  });
});
