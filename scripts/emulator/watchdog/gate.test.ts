import { describe, expect, test } from '@jest/globals';

import { Gate } from './gate.ts';

describe('Gate', () => {
  test('is full at max_inflight and no longer when one leaves', () => {
    const gate = new Gate(2);
    gate.enter();
    expect(gate.isFull).toBe(false);
    gate.enter();
    expect(gate.isFull).toBe(true);
    gate.leave();
    expect(gate.isFull).toBe(false);
  });

  test('is never full without a limit', () => {
    const gate = new Gate(0);
    gate.enter();
    expect(gate.isFull).toBe(false);
  });

  test('is idle only when all have left', async () => {
    const gate = new Gate(0);
    gate.enter();
    let isIdle = false;
    const idle = gate.idle().then(() => (isIdle = true));
    await Promise.resolve();
    expect(isIdle).toBe(false);
    gate.leave();
    await idle;
    expect(isIdle).toBe(true);
  });
});
