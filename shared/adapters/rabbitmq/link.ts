import { setTimeout as passed } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { declareTopology } from './topology.ts';

/** A connection with one confirm channel on it. When either ends, both do. */
export interface Link {
  readonly channel: ConfirmChannel;
  /** `messageId`s of messages the broker gave back because no queue takes them. */
  readonly returned: Set<string>;
  /** Whether the broker takes no messages for now (a memory or disk alarm). */
  isBlocked(): boolean;
  /** Says goodbye, and ends the connection after `goodbyeMs` at the latest. */
  close(): Promise<void>;
  /** Ends the connection at once; what was not confirmed fails. */
  destroy(): void;
}

const goodbyeMs = 1000;

/**
 * Connects, opens a confirm channel and declares the topology, all within `timeoutMs`. `onEnd` is
 * called as soon as the connection or the channel ends, for whatever reason.
 */
export async function openLink(url: string, timeoutMs: number, onEnd: () => void): Promise<Link> {
  // The signal destroys the socket: the only end that needs no answer from the other side.
  const life = new AbortController();
  const destroy = () => {
    life.abort();
  };
  life.signal.addEventListener('abort', onEnd);
  const timer = setTimeout(destroy, timeoutMs);
  try {
    const socket = { noDelay: true, signal: life.signal };
    const model = await connect(url, socket);
    return await prepare(model, destroy);
  } catch (error) {
    destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function prepare(model: ChannelModel, destroy: () => void): Promise<Link> {
  let blocked = false;
  const returned = new Set<string>();
  model.on('blocked', () => (blocked = true));
  model.on('unblocked', () => (blocked = false));
  model.on('error', destroy);
  model.on('close', destroy);
  const channel = await model.createConfirmChannel();
  channel.on('error', destroy);
  channel.on('close', destroy);
  channel.on('return', ({ properties }) => returned.add(String(properties.messageId)));
  await declareTopology(channel);
  return {
    channel,
    returned,
    isBlocked: () => blocked,
    destroy,
    async close() {
      // It rejects where the connection has ended already.
      const goodbye = model.close().catch(() => undefined);
      await Promise.race([goodbye, passed(goodbyeMs, undefined, { ref: false })]);
      destroy();
    },
  };
}
