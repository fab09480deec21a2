/**
 * One topic's queue, consumed as the connector does it, flaws included: no prefetch, all
 * deliveries at once; only status 200 acknowledges, everything else goes back to the queue without
 * a pause; a topic without a function is acknowledged unheard; a delivery with a foreign routing
 * key goes back and ends the consumption of this queue while the rest piles up.
 */
import type { Channel, ConsumeMessage } from 'amqplib';

import type { FunctionCaller } from './call-function.ts';
import { queueName, type Exchange } from './topology.ts';
import type { TopicMap } from './topic-map.ts';

const OK = 200;

export interface Consumption {
  readonly channel: Channel;
  readonly exchange: Exchange;
  readonly topic: string;
  readonly currentMap: () => TopicMap;
  readonly caller: FunctionCaller;
  readonly report: (line: string) => void;
}

export async function consumeTopic(consumption: Consumption): Promise<void> {
  const { channel, exchange, topic } = consumption;
  const queue = queueName(exchange, topic);
  const { durable, autoDelete } = exchange;
  await channel.assertQueue(queue, { durable, autoDelete, exclusive: false });
  await channel.bindQueue(queue, exchange.name, topic);
  let isStalled = false;
  await channel.consume(queue, (message) => {
    if (message === null || isStalled) return;
    isStalled = message.fields.routingKey !== topic;
    if (isStalled) {
      channel.reject(message, true);
      consumption.report(`${queue}: foreign routing key; this queue is not consumed any more`);
    } else void deliver(consumption, message);
  });
}

async function deliver(consumption: Consumption, message: ConsumeMessage): Promise<void> {
  const isHandled = await invokeAll(consumption, message);
  try {
    if (isHandled) consumption.channel.ack(message);
    else consumption.channel.nack(message, false, true);
  } catch (error) {
    consumption.report(`${consumption.topic}: cannot answer the broker: ${String(error)}`);
  }
}

/** In sequence; the first failure stops. A topic nobody takes counts as handled. */
async function invokeAll(
  { currentMap, topic, caller, report }: Consumption,
  message: ConsumeMessage,
): Promise<boolean> {
  for (const name of currentMap().get(topic) ?? []) {
    const outcome = await caller.call(name, message).catch(String);
    if (outcome === OK) continue;
    report(`${topic}: ${name} answered ${outcome}; requeued`);
    return false;
  }
  return true;
}
