import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { CallQueue, type QueuedCall } from './call-queue.ts';

const call = (callId: string): QueuedCall => ({
  ...{ callId, name: 'jobs', target: '/', headers: {} },
  ...{ callbackUrl: undefined, body: Buffer.of() },
});

/** A queue whose handler takes this long. */
function queueTaking(ms: number, ackWaitMs = 60_000) {
  const handled: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const queue = new CallQueue(async ({ callId }) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    handled.push(callId);
    await sleep(ms);
    atOnce -= 1;
  }, ackWaitMs);
  return { queue, handled, mostAtOnce: () => mostAtOnce };
}

describe('CallQueue', () => {
  test('handles one call after the other, in their order', async () => {
    const { queue, handled, mostAtOnce } = queueTaking(10);
    for (const id of ['a', 'b', 'c']) queue.push(call(id));
    await sleep(100);
    expect([handled, mostAtOnce()]).toEqual([['a', 'b', 'c'], 1]);
  });

  test('refuses an eleventh call while ten are not done', () => {
    const { queue } = queueTaking(1);
    const taken = Array.from({ length: 11 }, (_, n) => queue.push(call(`${n}`)));
    expect(taken).toEqual([...Array.from({ length: 10 }, () => true), false]);
  });

  test('has room again when a call is done', async () => {
    const { queue } = queueTaking(1);
    for (let n = 0; n < 10; n += 1) queue.push(call(`${n}`));
    await sleep(100);
    expect(queue.push(call('late'))).toBe(true);
  });

  test('delivers a call that outlasts ack_wait again, before the others', async () => {
    const { queue, handled } = queueTaking(75, 50);
    queue.push(call('long'));
    queue.push(call('next'));
    await sleep(170);
    expect(handled).toEqual(['long', 'long', 'next']);
    queue.clear();
  });

  test('delivers a call within ack_wait once', async () => {
    const { queue, handled } = queueTaking(20, 500);
    queue.push(call('quick'));
    await sleep(100);
    expect(handled).toEqual(['quick']);
  });

  test('says how many calls were lost when it is cleared, and does them no more', async () => {
    const { queue, handled } = queueTaking(20);
    for (const id of ['a', 'b', 'c']) queue.push(call(id));
    expect(queue.clear()).toBe(3);
    await sleep(60);
    expect(handled).toEqual(['a']);
  });
});
