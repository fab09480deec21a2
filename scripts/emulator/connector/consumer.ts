/**
 * One topic's queue, consumed as the connector does it, flaws included: no prefetch, all
 * deliveries at once; only status 200 acknowledges, everything else goes back to the queue without
 * a pause; a topic without a function is acknowledged unheard; a delivery with a foreign routing
 * key goes back and ends the consumption of this queue while the rest piles up.
 */
import type { Channel, ConsumeMessage } from 'amqplib';

import type { CallFunction } from './call-function.ts';
import type { FunctionsOf } from './flawed-calls.ts';
import { queueName, type Exchange } from './topology.ts';

const OK = 200;

export interface Consumption {
  readonly channel: Channel;
  readonly exchange: Exchange;
  readonly topic: string;
  readonly functionsOf: FunctionsOf;
  readonly call: CallFunction;
  /** When it ends, nothing is called or answered any more. */
  readonly alive: AbortSignal;
  /** The queues that are listened to. */
  readonly consumed: Set<string>;
  readonly report: (line: string) => void;
}

export async function consumeTopic(consumption: Consumption): Promise<void> {
  const { channel, exchange, topic, alive, consumed, report } = consumption;
  const queue = queueName(exchange, topic);
  const stall = (why: string): void => {
    if (consumed.delete(queue)) report(`${queue}: ${why}; this queue is not consumed any more`);
  };
  channel.once('close', () => stall('channel closed'));
  consumed.add(queue);
  let isStalled = false;
  await channel.consume(queue, (message) => {
    if (message === null) stall('deleted');
    if (message === null || isStalled || alive.aborted) return;
    isStalled = message.fields.routingKey !== topic;
    if (isStalled) {
      channel.reject(message, true);
      stall('foreign routing key');
    } else void deliver(consumption, message);
  });
}

async function deliver(consumption: Consumption, message: ConsumeMessage): Promise<void> {
  const { channel, topic, alive, report } = consumption;
  const isHandled = await invokeAll(consumption, message);
  if (alive.aborted) return;
  try {
    if (isHandled) channel.ack(message);
    else channel.nack(message, false, true);
  } catch (error) {
    report(`${topic}: cannot answer the broker: ${String(error)}`);
  }
}

/** In sequence; the first failure stops. A topic nobody takes counts as handled. */
async function invokeAll(
  { functionsOf, topic, call, report }: Consumption,
  message: ConsumeMessage,
): Promise<boolean> {
  for (const name of functionsOf(topic)) {
    const outcome = await call(name, message).catch(String);
    if (outcome === OK) continue;
    report(`${topic}: ${name} answered ${outcome}; requeued`);
    return false;
  }
  return true;
}
