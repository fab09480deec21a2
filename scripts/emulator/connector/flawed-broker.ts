/** The flaws that strike queues and channels, done to the real ones. */
import { setTimeout as sleep } from 'node:timers/promises';

import type { Channel } from 'amqplib';

import type { FlawSwitches } from './flaw-switches.ts';
import type { FlawCode } from './flaws.ts';
import { queueName, type Exchange } from './topology.ts';

/** An exchange whose queues are declared, on its channel. */
export interface OpenExchange {
  readonly exchange: Exchange;
  readonly channel: Channel;
}

const LOOK_EVERY_MS = 50;
/** Long enough to be consumed once, and over before it could be consumed again. */
const FOREIGN_MS = 1_000;

/** T1–T3, L6. */
const misfortunes: Partial<
  Record<FlawCode, (channel: Channel, queue: string, bound: Bound) => Promise<unknown>>
> = {
  T1: (channel, queue) => {
    const foreign = Buffer.from('with a foreign routing key');
    channel.sendToQueue(queue, foreign, { expiration: FOREIGN_MS });
    return Promise.resolve();
  },
  // A passive declaration of what does not exist is an error that closes the channel.
  T2: (channel, queue) => channel.checkQueue(`${queue}.none`),
  T3: (channel, queue) => channel.deleteQueue(queue),
  L6: (channel, queue, { exchange, topic }) => channel.unbindQueue(queue, exchange, topic),
};

interface Bound {
  readonly exchange: string;
  readonly topic: string;
}

/** Strikes every queue with what is switched on. */
export function strike(open: readonly OpenExchange[], flaws: FlawSwitches): void {
  for (const code of ['T1', 'T2', 'T3', 'L6'] as const) {
    if (!flaws.take(code)) continue;
    for (const { exchange, channel } of open) {
      for (const topic of exchange.topics) {
        const queue = queueName(exchange, topic);
        void struck(() => misfortunes[code]?.(channel, queue, { exchange: exchange.name, topic }));
      }
    }
  }
}

/** What is broken already need not be broken again. */
async function struck(misfortune: () => Promise<unknown> | undefined): Promise<void> {
  try {
    await misfortune();
  } catch {
    return;
  }
}

/** L5: waits for messages in the queues, and they are gone. */
export async function loseWaiting(
  open: readonly OpenExchange[],
  flaws: FlawSwitches,
  alive: AbortSignal,
): Promise<void> {
  while (flaws.left('L5') > 0 && !alive.aborted) {
    for (const { exchange, channel } of open) {
      for (const topic of exchange.topics)
        await loseOne(channel, queueName(exchange, topic), flaws);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function loseOne(channel: Channel, queue: string, flaws: FlawSwitches): Promise<void> {
  const { messageCount } = await channel.checkQueue(queue);
  if (messageCount > 0 && flaws.take('L5')) await channel.get(queue, { noAck: true });
}
