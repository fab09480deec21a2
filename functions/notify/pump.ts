import type { Log } from '#shared/core/ports';

/** Work that goes on in the background while there is any. */
export interface Pump {
  /** Starts pumping. Woken while it pumps, it looks once more before it rests. */
  readonly wake: () => void;
  /** Takes no new work; resolves when the work in hand is done. */
  drain(): Promise<void>;
}

/**
 * Pumps with up to `slots` pieces of work at once. `work` does one piece and tells whether there
 * was one. When it rejects, its slot rests until the next bell: the sweep rings for what is left.
 */
export function createPump(work: () => Promise<boolean>, slots: number, log: Log): Pump {
  let woken = false;
  let draining = false;
  let pumping: Promise<void> | undefined;

  async function pump(): Promise<void> {
    while (woken && !draining) {
      woken = false;
      await Promise.all(Array.from({ length: slots }, emptySlot));
    }
    pumping = undefined;
  }

  async function emptySlot(): Promise<void> {
    try {
      while (!draining && (await work()));
    } catch (error) {
      log.error({ err: error }, 'work left to the next bell');
    }
  }

  return {
    wake() {
      woken = true;
      pumping ??= pump();
    },
    async drain() {
      draining = true;
      await pumping;
    },
  };
}
