import { connect, type Channel, type ChannelModel, type Options } from 'amqplib';

import type { Broker } from './installation.ts';

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

/** With an exchange that must exist, or is declared as the connector would. */
export async function openQueue(broker: Broker, how: 'declare' | 'find' = 'find'): Promise<Queue> {
  const connection = await connect(broker.url);
  connection.on('error', () => undefined);
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const { exchange } = broker;
  if (how === 'declare') await channel.assertExchange(exchange, 'direct', { durable: true });
  else await channel.checkExchange(exchange);
  return new Queue(connection, channel, broker);
}
