import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Victims } from './victims.ts';

/** A run of faults. */
export interface Storm {
  /** How often each struck. */
  readonly struck: ReadonlyMap<string, number>;
  /** Ends it, and waits until the last fault is over. */
  end(): Promise<void>;
}

/** One fault of a storm. */
export interface Strike {
  /** Since the storm began. */
  readonly atSeconds: number;
  readonly fault: Fault;
  /** For how long. */
  readonly seconds: number;
}

const everySeconds = { least: 3, most: 7 };

/** What strikes when, about every five seconds: all of it comes from `random`, and never ends. */
export function* planStorm(random: Random): Generator<Strike, never> {
  for (let atSeconds = 0; ;) {
    atSeconds += random.between(everySeconds.least, everySeconds.most);
    const fault = random.pick(faults);
    yield { atSeconds, fault, seconds: random.between(...fault.lastsSeconds) };
  }
}

/** Strikes as planned, whatever became of the strikes before. */
export function startStorm(
  victims: Victims,
  random: Random,
  report: (line: string) => void,
): Storm {
  const struck = new Map<string, number>();
  const over = new AbortController();
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();

  /** False when the storm is over before. */
  function isTime(atSeconds: number): Promise<boolean> {
    const dueInMs = startedAt + atSeconds * 1_000 - performance.now();
    return sleep(dueInMs, true, { signal: over.signal }).catch(() => false);
  }

  async function strike({ atSeconds, fault, seconds }: Strike): Promise<void> {
    struck.set(fault.name, (struck.get(fault.name) ?? 0) + 1);
    const length = seconds > 0 ? ` for ${seconds.toFixed(1)} s` : '';
    report(`  ${atSeconds.toFixed(0).padStart(4)} s  ${fault.name}${length}`);
    try {
      await fault.strike(victims, seconds);
    } catch (error) {
      const [reason] = String(error).split('\n');
      report(`         ${fault.name}: ${reason}`);
    }
  }

  async function blow(): Promise<void> {
    for (const next of planStorm(random)) {
      if (!(await isTime(next.atSeconds))) return;
      const striking = strike(next);
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
