import { log } from './log.ts';

/** Work that goes on after its request is answered, and that a shutdown waits for. */
export interface Background {
  /** Starts the work; what it rejects with is logged. */
  readonly run: (work: () => Promise<unknown>) => void;
  /** Resolves when all work that was started has ended. */
  settled(): Promise<void>;
}

/** An empty background. */
export function createBackground(): Background {
  const working = new Set<Promise<void>>();
  return {
    run(work) {
      const ended = work().then(
        () => undefined,
        (error: unknown) => log.error({ err: error }, 'work in the background failed'),
      );
      working.add(ended);
      void ended.then(() => working.delete(ended));
    },
    async settled() {
      while (working.size > 0) await Promise.all(working);
    },
  };
}
