/**
 * One running copy of a function: a watchdog that is started again whenever it ends, at once the
 * first time, then after a pause that doubles while it keeps dying young.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startWatchdog, type Watchdog } from '../watchdog/watchdog.ts';
import type { ChildExit } from '../watchdog/child.ts';
import { findFreePort } from './free-port.ts';

const LIVED_LONG_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** What the platform leaves between SIGTERM and SIGKILL. */
const GRACE_MS = 30_000;

export interface ReplicaEvents {
  readonly log: (line: string) => void;
  /** The watchdog or its process changed. */
  readonly changed: () => void;
  readonly died: (exit: ChildExit) => void;
}

export class Replica {
  readonly #directory: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #events: ReplicaEvents;
  readonly #stopping = new AbortController();
  readonly #supervision: Promise<void>;
  #watchdog: Watchdog | undefined;

  constructor(directory: string, env: Readonly<Record<string, string>>, events: ReplicaEvents) {
    this.#directory = directory;
    this.#env = env;
    this.#events = events;
    this.#supervision = this.#supervise();
  }

  get watchdog(): Watchdog | undefined {
    return this.#watchdog;
  }

  get isAvailable(): boolean {
    return this.#watchdog?.isHealthy() ?? false;
  }

  /** SIGTERM and what follows; resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#watchdog !== undefined) void terminate(this.#watchdog);
    await this.#supervision;
  }

  async #supervise(): Promise<void> {
    for (let pauseMs = 0; !this.#stopping.signal.aborted;) {
      const startedAt = performance.now();
      await this.#runOnce();
      const livedLong = performance.now() - startedAt > LIVED_LONG_MS;
      await this.#pause(livedLong ? 0 : pauseMs);
      pauseMs = livedLong ? 0 : Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #runOnce(): Promise<void> {
    try {
      const watchdog = await this.#startWatchdog();
      this.#watchdog = watchdog;
      this.#events.changed();
      if (this.#stopping.signal.aborted) void terminate(watchdog);
      const exit = await watchdog.exited;
      if (!this.#stopping.signal.aborted) this.#events.died(exit);
    } catch (error) {
      this.#events.log(`cannot start: ${String(error)}`);
    }
    this.#watchdog = undefined;
    this.#events.changed();
  }

  async #startWatchdog(): Promise<Watchdog> {
    const upstream = `http://127.0.0.1:${await findFreePort()}`;
    return startWatchdog({
      directory: this.#directory,
      env: { ...this.#env, upstream_url: upstream },
      log: this.#events.log,
    });
  }
}

async function terminate(watchdog: Watchdog): Promise<void> {
  const grace = setTimeout(() => watchdog.kill(), GRACE_MS);
  await watchdog.stop();
  clearTimeout(grace);
}
