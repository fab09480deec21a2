import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, faults } from './faults.ts';
import type { Ground } from './ground.ts';
import type { Random } from './random.ts';

/** A run of faults. */
export interface Storm {
  /** How often each struck. */
  readonly struck: ReadonlyMap<string, number>;
  /** Ends it, and waits until the last fault is over. */
  end(): Promise<void>;
}

const everySeconds = { least: 3, most: 7 };

/** Strikes at random, about every five seconds; which and when comes from `random` alone. */
export function startStorm(ground: Ground, random: Random, report: (line: string) => void): Storm {
  const struck = new Map<string, number>();
  const over = new AbortController();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();

  /** False when the storm is over before. */
  function hasPassed(seconds: number): Promise<boolean> {
    return sleep(seconds * 1_000, true, { signal: over.signal }).catch(() => false);
  }

  async function strike(fault: Fault): Promise<void> {
    await fault.strike(ground, random);
  }

  async function blow(): Promise<void> {
    while (await hasPassed(random.between(everySeconds.least, everySeconds.most))) {
      const fault = random.pick(faults);
      struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
      report(
        `  ${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${fault.name}`,
      );
      const striking = strike(fault).catch((error: unknown) => {
        report(`         ${fault.name}: ${String(error)}`);
      });
      underWay.add(striking);
      void striking.finally(() => underWay.delete(striking));
    }
  }

  const blowing = blow();
  return {
    struck,
    async end() {
      over.abort();
      await blowing;
      await Promise.all(underWay);
    },
  };
}
