import type { Outlook } from '#shared/core/estimate';
import type { JobState } from '#shared/core/jobs';
import type { EventSigner, JobUpkeep, Log, PendingBell, Publisher } from '#shared/core/ports';

/** A bell that did not ring for so long is left: whoever committed it has given up or died. */
export const unrungSeconds = 5;
/** A job or a mail for which nobody came for so long needs another bell. */
export const unheardSeconds = 30;

/** Whether somebody should have seen to the job by now; a lease that is over is late at once. */
export function isLate(state: JobState, { overdueSeconds }: Outlook): boolean {
  return state === 'running' ? overdueSeconds > 0 : overdueSeconds > unheardSeconds;
}

/** What a small sweep needs. */
export interface SmallSweepDeps {
  readonly upkeep: Pick<JobUpkeep, 'unrung' | 'failExhausted' | 'late'>;
  /** Never rejects. */
  readonly ring: (bells: readonly PendingBell[]) => Promise<unknown>;
  readonly signer: EventSigner;
  readonly publisher: Publisher;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  readonly log: Log;
}

const batch = { maxRows: 20 };
const gapMs = 5_000;
const longestMs = 3_000;

/**
 * The urgent part of a sweep, by a function that happens to be at work: with the cron dead, jobs
 * and mails still reach their ends. It rings what did not ring, fails what has no attempts left,
 * and rings once for each topic that is late; whatever can wait is left to the sweep, whose silence
 * health goes on to tell. Beside a sweep it is harmless, and makes no bell of that any later.
 *
 * Never rejects. Does nothing within 5 s of its last time, and begins no step after 3 s.
 */
export function smallSweep(deps: SmallSweepDeps): () => Promise<void> {
  let lastAt = -Infinity;
  return async () => {
    const startedAt = deps.now();
    if (startedAt - lastAt < gapMs) return;
    lastAt = startedAt;
    try {
      for (const step of steps) {
        if (deps.now() - startedAt < longestMs) await step(deps);
      }
    } catch (error) {
      deps.log.warn({ err: error }, 'a small sweep is left to the next');
    }
  };
}

type Step = (deps: SmallSweepDeps) => Promise<unknown>;

const steps: readonly Step[] = [
  async ({ upkeep, ring }) => ring(await upkeep.unrung(unrungSeconds, batch)),
  async ({ upkeep, ring }) => ring(await upkeep.failExhausted(batch)),
  async ({ upkeep, signer, publisher }) => {
    for (const event of await upkeep.late(unheardSeconds)) {
      await publisher.publish(event.type, await signer.sign(event));
    }
  },
];
