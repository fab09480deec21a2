import type { BellEvent } from '#shared/contracts/events';
import { ringBells } from '#shared/core/bell';
import type { EventSigner, Log, Outbox, PendingBell, Publisher } from '#shared/core/ports';
import { either, failingFast } from './doorbell.ts';

export interface RingDeps {
  readonly signer: EventSigner;
  readonly outbox: Outbox;
  readonly broker: Publisher;
  readonly gateway: Publisher;
  readonly log: Log;
}

/** Both ways of a sweep to be heard. Each tells how many bells were, and never rejects for it. */
export interface Ring {
  /** Bells that never rang: by the broker, which keeps them for whoever is busy or away. */
  first(bells: readonly PendingBell[]): Promise<number>;
  /**
   * For what nobody came for. The broker may have taken those bells and lost them on the way, so
   * these go to the function itself.
   */
  again(events: readonly BellEvent[]): Promise<number>;
}

/** A ring for one sweep: it asks no publisher twice that failed once for a topic. */
export function createRing({ signer, outbox, log, ...publishers }: RingDeps): Ring {
  const broker = failingFast(publishers.broker, 'broker', log);
  const gateway = failingFast(publishers.gateway, 'gateway', log);
  const ring = ringBells({ signer, outbox, log, publisher: either(broker, gateway) });
  const knock = either(gateway, broker);
  return {
    async first(bells) {
      // One topic nobody hears is no reason for the others to wait.
      const topics = Object.values(Object.groupBy(bells, ({ event }) => event.type));
      return sum(await Promise.all(topics.map(ring)));
    },
    async again(events) {
      const heard = events.map(async (event) =>
        knock.publish(event.type, await signer.sign(event)).then(
          () => 1,
          () => 0,
        ),
      );
      return sum(await Promise.all(heard));
    },
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
