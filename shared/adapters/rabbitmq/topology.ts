import type { Channel } from 'amqplib';
import { exchange, queueName, topics } from '#shared/contracts/events';

/**
 * Declares the exchange, and a bound queue for each topic, exactly as the connector does: durable
 * and without arguments (a difference would be refused with 406). Whoever comes first creates
 * them, so that no bell is lost before the connector has started.
 */
export async function declareTopology(channel: Channel): Promise<void> {
  await channel.assertExchange(exchange, 'direct', { durable: true });
  for (const topic of topics) {
    await channel.assertQueue(queueName(topic), { durable: true });
    await channel.bindQueue(queueName(topic), exchange, topic);
  }
}
