import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Topic } from '#shared/contracts/events';
import { AppError } from '#shared/core/errors';
import type { PendingBell, Publisher } from '#shared/core/ports';
import { createFakePublisher } from '#shared/testing/publisher.fake';
import { createFakeEvents } from '#shared/testing/tokens.fake';
import { createRing } from './ring.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function bell(outboxId: string, type: Topic = 'video_uploaded'): PendingBell {
  return { outboxId, event: { v: 1, type, jobId: `job ${outboxId}` } };
}

/** A publisher that hears nothing of one topic, and counts how often it was asked. */
function deafTo(deaf: Topic): Publisher & { asked: number } {
  const publisher = {
    asked: 0,
    publish(topic: Topic) {
      publisher.asked += 1;
      return topic === deaf ? Promise.reject(new AppError('unavailable')) : Promise.resolve();
    },
  };
  return publisher;
}

describe('createRing', () => {
  const rung: string[] = [];
  const outbox = { rung: (ids: readonly string[]) => Promise.resolve(void rung.push(...ids)) };
  const ringWith = (broker: Publisher, gateway: Publisher) =>
    createRing({ signer: createFakeEvents(), outbox, broker, gateway, log: quiet });

  beforeEach(() => {
    rung.length = 0;
  });

  test('a bell that never rang goes to the broker and is marked', async () => {
    const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
    expect(await ringWith(broker, gateway).first([bell('1'), bell('2')])).toBe(2);
    expect(broker.published.map(({ topic }) => topic)).toEqual([
      'video_uploaded',
      'video_uploaded',
    ]);
    expect(gateway.published).toEqual([]);
    expect(rung).toEqual(['1', '2']);
  });

  test('test zero: without a broker it goes to the function itself, and is marked', async () => {
    const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
    broker.broken = true;
    expect(await ringWith(broker, gateway).first([bell('1')])).toBe(1);
    expect(gateway.published).toHaveLength(1);
    expect(rung).toEqual(['1']);
  });

  test('reliability 12: what nobody came for goes to the function, not through the broker', async () => {
    const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
    expect(await ringWith(broker, gateway).again([bell('1').event])).toBe(1);
    expect(gateway.published).toHaveLength(1);
    expect(broker.published).toEqual([]);
  });

  test('what nobody came for goes to the broker where the gateway is away', async () => {
    const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
    gateway.broken = true;
    expect(await ringWith(broker, gateway).again([bell('1').event])).toBe(1);
    expect(broker.published).toHaveLength(1);
  });

  test('with both away nothing is marked, and nothing rejects', async () => {
    const [broker, gateway] = [createFakePublisher(), createFakePublisher()];
    broker.broken = gateway.broken = true;
    const ring = ringWith(broker, gateway);
    expect(await ring.first([bell('1')])).toBe(0);
    expect(await ring.again([bell('2').event])).toBe(0);
    expect(rung).toEqual([]);
  });

  test('reliability 8: a publisher that failed for a topic is not asked for it again', async () => {
    const broker = deafTo('video_uploaded');
    const ring = ringWith(broker, createFakePublisher());
    expect(await ring.first([bell('1'), bell('2'), bell('3')])).toBe(3);
    expect(broker.asked).toBe(1);
  });

  test('a topic that nobody hears keeps no other from being heard', async () => {
    const broker = deafTo('conversion_failed');
    const gateway = deafTo('conversion_failed');
    const bells = [bell('1', 'conversion_failed'), bell('2'), bell('3', 'conversion_completed')];
    expect(await ringWith(broker, gateway).first(bells)).toBe(2);
    expect(rung).toEqual(['2', '3']);
  });
});
