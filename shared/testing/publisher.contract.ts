import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Topic } from '#shared/contracts/events';
import type { Publisher } from '#shared/core/ports';

/** A publisher and a look at what arrived behind it. */
export interface PublisherHarness {
  readonly publisher: Publisher;
  /** Bodies waiting under a topic, oldest first. */
  received(topic: Topic): Promise<readonly string[]>;
  /** From now on nothing can be delivered. */
  breakDown(): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link Publisher} does. */
export function publisherContract(name: string, open: () => Promise<PublisherHarness>): void {
  describe(`Publisher: ${name}`, () => {
    let harness: PublisherHarness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    test('delivers bodies in order to the queue of their topic and to no other', async () => {
      await harness.publisher.publish('video_uploaded', 'one');
      await harness.publisher.publish('video_uploaded', 'two');

      expect(await harness.received('video_uploaded')).toEqual(['one', 'two']);
      expect(await harness.received('conversion_failed')).toEqual([]);
    });

    test('delivers every one of many at once', async () => {
      const bodies = Array.from({ length: 50 }, (_, n) => `body ${n}`);

      await Promise.all(bodies.map((body) => harness.publisher.publish('conversion_failed', body)));

      expect([...(await harness.received('conversion_failed'))].sort()).toEqual(bodies.sort());
    });

    test('rejects with unavailable when nothing can be delivered', async () => {
      await harness.breakDown();

      await expect(harness.publisher.publish('video_uploaded', 'lost')).rejects.toMatchObject({
        code: 'unavailable',
      });
    });
  });
}
