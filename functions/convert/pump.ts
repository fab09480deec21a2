import { askAgain } from '#shared/core/ask-again';
import type { Claim, ClaimRequest, FileStore, JobClaims, Log } from '#shared/core/ports';
import type { Clock } from './deps.ts';
import { Stopped } from './interruption.ts';

/** Few: whoever rings meanwhile, or wants us to end, waits. */
const claimAttempts = 3;

/** What decides how many jobs are worked on, and by whom. */
export interface PumpDeps {
  readonly claims: Pick<JobClaims, 'claim'>;
  readonly files: Pick<FileStore, 'newFileId'>;
  /** Works on a claimed job; never rejects. */
  readonly convert: (claim: Claim, stopping: AbortSignal) => Promise<void>;
  readonly slots: number;
  /** Called when there is nothing more to take; returns at once and never throws. */
  readonly onRest: () => void;
  readonly claimant: Pick<ClaimRequest, 'worker' | 'leaseSeconds'>;
  /** How long a running job may still take when the worker is told to end. */
  readonly drainSeconds: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes jobs while there are free slots. A thousand bells make no more than `slots` jobs run at
 * once; each job that ends makes room for the next, bell or not.
 */
export class Pump {
  readonly #deps: PumpDeps;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #filling = Promise.resolve();
  #isFilling = false;
  #isRung = false;
  #isStopped = false;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
  }

  /** Looks for jobs in the background. A bell during a look makes it look once more. */
  ring(): void {
    this.#isRung = true;
    if (!this.#isFilling) this.#filling = this.#fill();
  }

  /** Takes no more jobs; those that run go on. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes no more jobs, waits for those that end soon and gives the others back. */
  async drain(): Promise<void> {
    const { clock, drainSeconds } = this.#deps;
    this.stop();
    await this.#filling;
    const ended = new AbortController();
    const all = Promise.all(this.#running).then(() => ended.abort());
    await clock.sleep(drainSeconds * 1_000, ended.signal).catch(() => undefined);
    this.#stopping.abort(new Stopped());
    await all;
  }

  async #fill(): Promise<void> {
    this.#isFilling = true;
    while (this.#isRung) {
      this.#isRung = false;
      while (this.#hasRoom()) {
        const claim = await this.#claim();
        if (!claim) break;
        this.#start(claim);
      }
    }
    this.#isFilling = false;
    this.#deps.onRest();
  }

  #hasRoom(): boolean {
    return !this.#isStopped && this.#running.size < this.#deps.slots;
  }

  async #claim(): Promise<Claim | undefined> {
    const { claims, claimant, clock, files, log } = this.#deps;
    // By its output id a claim is known again whose reply was lost.
    const request = { ...claimant, outputFileId: files.newFileId() };
    try {
      return await askAgain(clock, () => claims.claim(request), claimAttempts);
    } catch (error) {
      log.warn({ err: error }, 'no job could be claimed: the sweep rings again');
      return undefined;
    }
  }

  #start(claim: Claim): void {
    const work = this.#deps.convert(claim, this.#stopping.signal).finally(() => {
      this.#running.delete(work);
      this.ring();
    });
    this.#running.add(work);
  }
}
