import type { EventSigner, Log, Outbox, PendingBell, Publisher } from '#shared/core/ports';

interface BellDeps {
  readonly signer: EventSigner;
  readonly publisher: Publisher;
  readonly outbox: Outbox;
  readonly log: Log;
}

/**
 * Rings the bells of committed outbox rows: signs, publishes, marks as rung. Never rejects: what
 * does not ring now is still in the outbox, and the sweep rings it. Returns how many rang.
 */
export function ringBells(deps: BellDeps): (bells: readonly PendingBell[]) => Promise<number> {
  return async (bells) => {
    const rung: string[] = [];
    try {
      for (const { outboxId, event } of bells) {
        await deps.publisher.publish(event.type, await deps.signer.sign(event));
        rung.push(outboxId);
      }
    } catch (error) {
      // One failure speaks for the rest: the broker is away, and each try would wait its deadline.
      deps.log.warn({ err: error, left: bells.length - rung.length }, 'bells left to the sweep');
    }
    await markRung(deps, rung);
    return rung.length;
  };
}

async function markRung({ outbox, log }: BellDeps, outboxIds: readonly string[]): Promise<void> {
  if (outboxIds.length === 0) return;
  try {
    await outbox.rung(outboxIds);
  } catch (error) {
    // The bells ring twice, which is harmless: the state of the job decides.
    log.warn({ err: error }, 'rung bells could not be marked');
  }
}
