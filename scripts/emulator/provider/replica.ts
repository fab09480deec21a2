/**
 * One running copy of a function: a watchdog that is started again whenever it ends, at once the
 * first time, then after a pause that doubles while it keeps dying young.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { startWatchdog, type Watchdog } from '../watchdog/watchdog.ts';
import type { ChildExit } from '../watchdog/child.ts';
import { findFreePort } from './free-port.ts';
import type { Revision } from './revision.ts';

const LIVED_LONG_MS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** How often Kubernetes asks /_/health; new replicas count once they were asked. */
const PROBE_EVERY_MS = 2_000;
const LOOK_EVERY_MS = 50;

export interface StopManner {
  /** What the platform leaves between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Whether what the process started is told to end, too. */
  readonly isWholeGroup: boolean;
  /** Whether healthcheck_interval is waited for though nothing is left to do. */
  readonly isDrainExact: boolean;
}

export interface ReplicaEvents {
  readonly log: (line: string) => void;
  /** The watchdog or its process changed. */
  readonly changed: () => void;
  readonly died: (exit: ChildExit) => void;
}

export class Replica {
  readonly revision: Revision;
  readonly #manner: StopManner;
  readonly #events: ReplicaEvents;
  readonly #stopping = new AbortController();
  readonly #supervision: Promise<void>;
  #rest = new AbortController();
  #watchdog: Watchdog | undefined;
  #startedAt = 0;
  #stopped: Promise<void> | undefined;

  constructor(revision: Revision, manner: StopManner, events: ReplicaEvents) {
    this.revision = revision;
    this.#manner = manner;
    this.#events = events;
    this.#supervision = this.#supervise();
  }

  get watchdog(): Watchdog | undefined {
    return this.#watchdog;
  }

  get isAvailable(): boolean {
    return this.#watchdog?.isHealthy() ?? false;
  }

  /** Whether a readiness probe has found this watchdog healthy. */
  get isProbed(): boolean {
    return this.isAvailable && performance.now() - this.#startedAt >= PROBE_EVERY_MS;
  }

  /** Resolves when it is, or is to stop. */
  async probed(): Promise<void> {
    const { signal } = this.#stopping;
    while (!this.isProbed && !signal.aborted) await this.#pause(LOOK_EVERY_MS, signal);
  }

  /** Ends the pause before the next start. */
  wake(): void {
    this.#rest.abort();
  }

  /** SIGTERM and what follows, once; resolves when no process is left. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    if (this.#watchdog !== undefined) await this.#terminate(this.#watchdog);
    await this.#supervision;
  }

  async #supervise(): Promise<void> {
    for (let pauseMs = 0; !this.#stopping.signal.aborted;) {
      const startedAt = performance.now();
      await this.#runOnce();
      const livedLong = performance.now() - startedAt > LIVED_LONG_MS;
      await this.#pause(livedLong ? 0 : pauseMs, this.#rest.signal);
      pauseMs = livedLong ? 0 : Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  async #runOnce(): Promise<void> {
    if (!this.#stopping.signal.aborted) this.#rest = new AbortController();
    try {
      const watchdog = await this.#startWatchdog();
      this.#watchdog = watchdog;
      this.#startedAt = performance.now();
      this.#events.changed();
      if (this.#stopping.signal.aborted) await this.#terminate(watchdog);
      const exit = await watchdog.exited;
      if (!this.#stopping.signal.aborted) this.#events.died(exit);
    } catch (error) {
      this.#events.log(`cannot start: ${String(error)}`);
    }
    this.#watchdog = undefined;
    this.#events.changed();
  }

  async #startWatchdog(): Promise<Watchdog> {
    const { directory, env } = this.revision;
    const upstream = `http://127.0.0.1:${await findFreePort()}`;
    return startWatchdog({
      directory,
      env: { ...env, upstream_url: upstream },
      log: this.#events.log,
      isDrainExact: this.#manner.isDrainExact,
    });
  }

  async #terminate(watchdog: Watchdog): Promise<void> {
    const { graceMs, isWholeGroup } = this.#manner;
    const grace = setTimeout(() => watchdog.kill(), graceMs);
    if (isWholeGroup && watchdog.childPid !== undefined) terminateGroup(watchdog.childPid);
    await watchdog.stop();
    clearTimeout(grace);
  }
}

/** The process group may be gone already, which is what was wanted. */
function terminateGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    return;
  }
}
