import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { queueName, topics, type Topic } from '#shared/contracts/events';
import type { AppError } from '#shared/core/errors';
import type { Publisher } from '#shared/core/ports';
import { publisherContract } from '#shared/testing/publisher.contract';
import { createProxy, type Proxy } from '#shared/testing/publisher.proxy';
import { createPublisher } from './publisher.ts';
import { declareTopology } from './topology.ts';

const url = process.env['AMQP_URL'];
if (url === undefined) throw new Error('AMQP_URL names the broker for this test.');

publisherContract('RabbitMQ', async () => {
  const broker = await openBroker();
  const proxy = await openProxy();
  const publisher = createPublisher({ url: behind(proxy) });
  for (const topic of topics) await broker.take(topic);
  return {
    publisher,
    received: (topic) => broker.take(topic),
    breakDown: () => proxy.refuse(),
    async close() {
      await publisher.close();
      await broker.model.close();
      await proxy.close();
    },
  };
});

describe('createPublisher', () => {
  let broker: Awaited<ReturnType<typeof openBroker>>;
  let publisher: ReturnType<typeof createPublisher>;
  beforeEach(async () => {
    broker = await openBroker();
    publisher = createPublisher({ url });
  });
  afterEach(async () => {
    await publisher.close();
    // What stays in a queue would be rung for ever by the next connector: nobody signed it.
    for (const topic of topics) await broker.take(topic);
    await broker.model.close();
  });

  test('publishes persistent messages of type application/jose', async () => {
    await broker.take('video_uploaded');
    await publisher.publish('video_uploaded', 'body');

    const message = await broker.channel.get(queueName('video_uploaded'), { noAck: true });

    expect(message).toMatchObject({
      fields: { exchange: 'conversion', routingKey: 'video_uploaded' },
      properties: { deliveryMode: 2, contentType: 'application/jose' },
    });
  });

  test('declares what the connector declares, so that either may come first', async () => {
    await publisher.publish('video_uploaded', 'body');

    await broker.channel.assertExchange('conversion', 'direct', { durable: true });
    for (const topic of topics) {
      await broker.channel.assertQueue(queueName(topic), { durable: true, arguments: {} });
    }
  });

  test('rejects a message that no queue takes, and declares the queue for the next', async () => {
    await publisher.publish('conversion_failed', 'first');
    await broker.channel.deleteQueue(queueName('conversion_failed'));

    await expect(publisher.publish('conversion_failed', 'lost')).rejects.toMatchObject({
      code: 'unavailable',
      cause: { message: 'No queue takes messages of conversion_failed.' },
    });
    await publisher.publish('conversion_failed', 'third');

    expect(await broker.take('conversion_failed')).toEqual(['third']);
  });

  test('puts the password behind the user of the address', async () => {
    const { username, password, host } = new URL(url);
    const named = createPublisher({
      url: `amqp://${username}@${host}`,
      password: decodeURIComponent(password),
    });
    const wrong = createPublisher({ url: `amqp://${username}@${host}`, password: 'wrong' });

    await expect(named.publish('video_uploaded', 'body')).resolves.toBeUndefined();
    await expect(wrong.publish('video_uploaded', 'x')).rejects.toMatchObject({
      code: 'unavailable',
    });
    await named.close();
    await wrong.close();
  });
});

describe('createPublisher behind a network that fails', () => {
  let proxy: Proxy;
  let publisher: ReturnType<typeof createPublisher>;
  beforeEach(async () => {
    proxy = await openProxy();
    publisher = createPublisher({ url: behind(proxy), confirmTimeoutMs: 500 });
  });
  afterEach(async () => {
    await publisher.close();
    await proxy.close();
  });

  test('fault 7: rejects at once while the port is closed, delivers when it is open again', async () => {
    await publisher.publish('video_uploaded', 'before');
    await proxy.refuse();

    expect(await failureOf(publisher)).toMatchObject({ code: 'unavailable', withinMs: 250 });
    await proxy.open();
    await expect(publisher.publish('video_uploaded', 'after')).resolves.toBeUndefined();
  });

  test('fault 8: rejects in time when the broker accepts and says nothing', async () => {
    proxy.fallSilent();

    expect(await failureOf(publisher)).toMatchObject({ code: 'unavailable', withinMs: 750 });
    await proxy.open();
    await expect(publisher.publish('video_uploaded', 'after')).resolves.toBeUndefined();
  });

  test('fault 9: rejects in time when the confirm is lost, and takes another connection', async () => {
    await publisher.publish('video_uploaded', 'before');
    proxy.fallSilent();

    expect(await failureOf(publisher)).toMatchObject({ code: 'unavailable', withinMs: 750 });
    await proxy.open();
    await expect(publisher.publish('video_uploaded', 'after')).resolves.toBeUndefined();
  });

  test('closes in time when the broker says nothing', async () => {
    await publisher.publish('video_uploaded', 'before');
    proxy.fallSilent();
    const start = performance.now();

    await publisher.close();

    expect(performance.now() - start).toBeLessThan(1500);
  });
});

function openProxy(): Promise<Proxy> {
  const { hostname, port } = new URL(url ?? '');
  return createProxy({ host: hostname, port: Number(port || 5672) });
}

/** The address of the broker by way of the proxy. */
function behind(proxy: Proxy): string {
  const address = new URL(url ?? '');
  address.host = proxy.host;
  return address.href;
}

/** How a publish fails, and the least of a few bounds within which it did. */
async function failureOf(publisher: Publisher) {
  const start = performance.now();
  const error: unknown = await publisher.publish('video_uploaded', 'lost').catch((e: unknown) => e);
  const elapsed = performance.now() - start;
  const withinMs = [250, 750, 5000].find((bound) => elapsed < bound);
  return { code: (error as AppError).code, withinMs };
}

async function openBroker() {
  const model: ChannelModel = await connect(url ?? '');
  const channel: Channel = await model.createChannel();
  await declareTopology(channel);
  return { model, channel, take };

  async function take(topic: Topic): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const message = await channel.get(queueName(topic), { noAck: true });
      if (!message) return bodies;
      bodies.push(message.content.toString());
    }
  }
}
