import { randomBytes } from 'node:crypto';

import type { LogStore } from './log-store.ts';
import { Replica, type StopManner } from './replica.ts';
import type { Revision } from './revision.ts';

const LAST_LINES = 20;

export interface Surroundings {
  readonly logs: LogStore;
  readonly stopManner: StopManner;
  readonly report: (line: string) => void;
  readonly changed: () => void;
}

/** A deployed function and its replicas, for a while of two revisions. */
export class FunctionService {
  readonly createdAt = new Date().toISOString();
  readonly #around: Surroundings;
  #revision: Revision;
  #replicas: Replica[] = [];
  #leaving: Replica[] = [];
  #wanted = 0;
  #isRolling = false;
  #turn = 0;

  constructor(revision: Revision, around: Surroundings) {
    this.#revision = revision;
    this.#around = around;
  }

  get name(): string {
    return this.deployment.service;
  }

  get deployment() {
    return this.#revision.deployment;
  }

  /** How many there are to be. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Those that serve or will. */
  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** Also those that are ending, last. */
  get allReplicas(): readonly Replica[] {
    return [...this.#replicas, ...this.#leaving];
  }

  /** Resolves when replicas that are too many have stopped. */
  async scale(count: number): Promise<void> {
    this.#wanted = count;
    if (!this.#isRolling) await this.#adjust();
  }

  /**
   * Replaces every replica without a gap: one more than wanted at a time, and an old one goes when
   * a probe has found a new one healthy. One that never is leaves the old ones serving.
   */
  async roll(revision: Revision): Promise<void> {
    this.#revision = revision;
    this.#isRolling = true;
    void this.#end(this.#replicas.slice(this.#wanted));
    for (let old = this.#outdated(); old !== undefined; old = this.#outdated()) {
      await this.#start().probed();
      if (this.#revision !== revision || this.#wanted === 0) return;
      void this.#end([old]);
    }
    this.#isRolling = false;
    await this.#adjust();
  }

  /** Resolves when no process of it is left. */
  async stop(): Promise<void> {
    this.#wanted = 0;
    await this.#end([...this.#leaving, ...this.#replicas]);
    this.#revision.remove();
  }

  /** Starts at once what rests before its next start. */
  wake(): void {
    for (const replica of this.#replicas) replica.wake();
  }

  /** Those a probe has seen healthy; while there are none, those just started. */
  get serving(): readonly Replica[] {
    const available = this.#replicas.filter((replica) => replica.isAvailable);
    const probed = available.filter((replica) => replica.isProbed);
    return probed.length > 0 ? probed : available.slice(0, this.#wanted);
  }

  /** The watchdog whose turn it is. */
  nextPort(): number | undefined {
    const { serving } = this;
    this.#turn += 1;
    return serving[this.#turn % serving.length]?.watchdog?.port;
  }

  #outdated(): Replica | undefined {
    return this.#replicas.find(({ revision }) => revision !== this.#revision);
  }

  async #adjust(): Promise<void> {
    while (this.#replicas.length < this.#wanted) this.#start();
    await this.#end(this.#replicas.slice(this.#wanted));
  }

  async #end(ending: readonly Replica[]): Promise<void> {
    this.#replicas = this.#replicas.filter((replica) => !ending.includes(replica));
    this.#leaving = [...new Set([...this.#leaving, ...ending])];
    await Promise.all(ending.map((replica) => replica.stop()));
    this.#leaving = this.#leaving.filter((replica) => !ending.includes(replica));
    for (const { revision } of ending) {
      const isUsed = this.allReplicas.some((replica) => replica.revision === revision);
      if (!isUsed && revision !== this.#revision) revision.remove();
    }
  }

  #start(): Replica {
    const { logs, changed, report, stopManner } = this.#around;
    const instance = `${this.name}-${this.#revision.id}-${randomBytes(3).toString('hex')}`;
    const replica = new Replica(this.#revision, stopManner, {
      changed,
      log: (line) => logs.append(this.name, instance, line),
      died: ({ code, signal }) => {
        const last = logs.tail(this.name, LAST_LINES).map(({ text }) => `  ${this.name} | ${text}`);
        const how = signal === null ? `exit code ${code ?? 'unknown'}` : signal;
        report([`${this.name} died (${how}); its last lines:`, ...last].join('\n'));
      },
    });
    this.#replicas = [...this.#replicas, replica];
    return replica;
  }
}
