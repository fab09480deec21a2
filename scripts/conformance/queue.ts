import { connect, type Channel, type ChannelModel, type Options } from 'amqplib';

import type { Broker } from './installation.ts';
import { until } from './until.ts';

/** Where the connector fetches what is published with a topic. */
export class Queue {
  readonly #connection: ChannelModel;
  readonly #channel: Channel;
  readonly #broker: Broker;

  constructor(connection: ChannelModel, channel: Channel, broker: Broker) {
    this.#connection = connection;
    this.#channel = channel;
    this.#broker = broker;
  }

  get name(): string {
    const { exchange, topic } = this.#broker;
    return `OpenFaaS_${exchange}_${topic}`;
  }

  publish(body: string, options: Options.Publish = {}): void {
    const { exchange, topic } = this.#broker;
    this.#channel.publish(exchange, topic, Buffer.from(body), { persistent: true, ...options });
  }

  /** Messages that nobody has fetched. */
  async count(): Promise<number> {
    return (await this.#channel.checkQueue(this.name)).messageCount;
  }

  /** Whether it exists without arguments: the broker refuses to declare it otherwise. */
  async isPlain(): Promise<boolean> {
    const tries = [true, false].map((durable) => this.#canDeclare(durable));
    return (await Promise.all(tries)).includes(true);
  }

  /** With its exchange. */
  async remove(): Promise<void> {
    await this.#channel.deleteQueue(this.name);
    await this.#channel.deleteExchange(this.#broker.exchange);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #canDeclare(durable: boolean): Promise<boolean> {
    const channel = await this.#connection.createChannel();
    channel.on('error', () => undefined);
    return channel.assertQueue(this.name, { durable }).then(
      () => true,
      () => false,
    );
  }
}

/** Waits for the exchange, which is the connector's to declare. */
export async function openQueue(broker: Broker, withinMs: number): Promise<Queue> {
  const connection = await connect(broker.url);
  connection.on('error', () => undefined);
  const { exchange } = broker;
  await until(`the exchange ${exchange}`, () => exists(connection, exchange), withinMs);
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  return new Queue(connection, channel, broker);
}

/** Asking for what does not exist closes the channel. */
async function exists(connection: ChannelModel, exchange: string): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  return channel.checkExchange(exchange).then(
    () => true,
    () => false,
  );
}
