import { randomUUID } from 'node:crypto';
import { exchange, type Topic } from '#shared/contracts/events';
import { withPassword } from '#shared/core/address';
import { AppError } from '#shared/core/errors';
import type { Publisher } from '#shared/core/ports';
import { type Link, openLink } from './link.ts';

/** Which broker, and how long one message may take. */
export interface PublisherOptions {
  /** `amqp://user@host:port/vhost` or `amqps://…`. */
  readonly url: string;
  /** For a `url` that names a user without a password. */
  readonly password?: string | undefined;
  /** Milliseconds for one publish, connecting included. */
  readonly confirmTimeoutMs?: number;
}

/** The part of the time for a message that connecting may take, so that some is left to send. */
const connectShare = 2 / 3;

/**
 * Publishes to the exchange of shared/contracts/events.ts, over one connection that is opened by
 * the first message. Rejects with `unavailable` when the broker does not confirm in time, refuses,
 * takes nothing for now (an alarm) or has no queue for the message. A connection that failed is
 * forgotten, and the next message opens another; nothing is ever sent twice by this adapter.
 */
export function createPublisher(options: PublisherOptions): Publisher & { close(): Promise<void> } {
  const { confirmTimeoutMs = 3000 } = options;
  const url = withPassword(options.url, options.password);
  let link: Promise<Link> | undefined;

  function connected(): Promise<Link> {
    if (link) return link;
    const forget = () => {
      if (link === opening) link = undefined;
    };
    const opening = openLink(url, confirmTimeoutMs * connectShare, forget);
    link = opening;
    return opening;
  }

  return {
    async publish(topic, body) {
      const deadline = performance.now() + confirmTimeoutMs;
      try {
        const opened = await connected();
        await send(opened, topic, body, deadline - performance.now());
      } catch (cause) {
        throw new AppError('unavailable', undefined, { cause });
      }
    },
    async close() {
      const opened = await link?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/** Resolves once the broker has the message in a queue; rejects after `timeoutMs`. */
async function send(link: Link, topic: Topic, body: string, timeoutMs: number): Promise<void> {
  if (link.isBlocked()) throw new Error('The broker takes no messages for now.');
  const messageId = randomUUID();
  const confirmed = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    confirmed.reject(new Error(`The broker did not confirm within ${timeoutMs} ms.`));
    // It may be gone without a word; one with an alarm will be back.
    if (!link.isBlocked()) link.destroy();
  }, timeoutMs);
  try {
    const options = { persistent: true, mandatory: true, contentType: 'application/jose' };
    link.channel.publish(exchange, topic, Buffer.from(body), { ...options, messageId }, (error) => {
      if (error) confirmed.reject(new Error('The broker refused the message.', { cause: error }));
      else confirmed.resolve(undefined);
    });
    await confirmed.promise;
  } finally {
    clearTimeout(timer);
  }
  // The broker returns a message before it confirms it.
  if (!link.returned.has(messageId)) return;
  // The next link declares what is missing.
  link.destroy();
  throw new Error(`No queue takes messages of ${topic}.`);
}
