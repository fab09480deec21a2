import { describe, expect, test } from '@jest/globals';
import { createSweeper } from './sweeper.ts';

function setUp() {
  const state = { now: 0, sweeps: 0, signal: new AbortController().signal, finish: () => {} };
  const sweeper = createSweeper(
    (signal) => {
      state.sweeps += 1;
      state.signal = signal;
      return new Promise<void>((resolve) => {
        state.finish = resolve;
      });
    },
    () => state.now,
    3,
  );
  return { sweeper, state };
}

describe('createSweeper', () => {
  test('answers at the end of the sweep that it made', async () => {
    const { sweeper, state } = setUp();
    const answer = sweeper.start();
    state.finish();
    expect(await answer).toBe(true);
  });

  test('row 33: a thousand requests during a sweep start no other', async () => {
    const { sweeper, state } = setUp();
    const first = sweeper.start();
    state.now = 20_000;
    const others = await Promise.all(Array.from({ length: 1000 }, () => sweeper.start()));
    expect(others).not.toContain(true);
    state.finish();
    await first;
    expect(state.sweeps).toBe(1);
  });

  test.each([
    [2_999, false],
    [3_000, true],
  ])('row 33: a request %s ms after the last start sweeps: %s', async (now, sweeps) => {
    const { sweeper, state } = setUp();
    const first = sweeper.start();
    state.finish();
    await first;
    state.now = now;
    const second = sweeper.start();
    state.finish();
    expect(await second).toBe(sweeps);
  });

  test('reliability 35: stop tells the sweep under way, waits for it and starts no other', async () => {
    const { sweeper, state } = setUp();
    const first = sweeper.start();
    const stopped = sweeper.stop();
    expect(state.signal.aborted).toBe(true);
    state.finish();
    await stopped;
    expect(await first).toBe(true);
    state.now = 60_000;
    expect(await sweeper.start()).toBe(false);
  });
});
