/** Starts sweeps, however often anyone asks for one. */
export interface Sweeper {
  /** Sweeps, unless a sweep is under way or has just begun. Tells at its end whether it did. */
  start(): Promise<boolean>;
  /** Ends the sweep under way after the step in hand, and starts no other. */
  stop(): Promise<void>;
}

const longestMs = 25_000;

/**
 * The address of the sweep is open to everyone, so a sweep begins at the earliest `pauseSeconds`
 * after the one before, and ends after 25 s.
 */
export function createSweeper(
  sweep: (signal: AbortSignal) => Promise<unknown>,
  now: () => number,
  pauseSeconds: number,
): Sweeper {
  const stopping = new AbortController();
  let sweeping: Promise<unknown> | undefined;
  let startedAt = -Infinity;
  return {
    async start() {
      const isTooSoon = now() - startedAt < pauseSeconds * 1_000;
      if (sweeping !== undefined || isTooSoon || stopping.signal.aborted) return false;
      startedAt = now();
      sweeping = sweep(AbortSignal.any([stopping.signal, AbortSignal.timeout(longestMs)]));
      await sweeping.finally(() => (sweeping = undefined));
      return true;
    },
    async stop() {
      stopping.abort();
      await sweeping;
    },
  };
}
