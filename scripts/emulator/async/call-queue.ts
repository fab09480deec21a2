/**
 * The queue and its one worker. A call is acknowledged when its handler is done, whatever came of
 * it: nothing is tried again. Only a handler that outlasts `ackWaitMs` is taken for lost: its call
 * is delivered once more for each such time, after it, so that the function gets it twice.
 */
import type { HeaderLists } from '../http/headers.ts';

/**
 * The documentation of the community edition names the limit, its code shows none: what an
 * eleventh call gets is a guess.
 */
const MAX_CALLS = 10;

export interface QueuedCall {
  readonly callId: string;
  /** The function's name as it was called. */
  readonly name: string;
  /** Path and query as the function sees them. */
  readonly target: string;
  readonly headers: HeaderLists;
  readonly callbackUrl: string | undefined;
  readonly body: Buffer;
}

export class CallQueue {
  readonly #handle: (call: QueuedCall) => Promise<void>;
  readonly #ackWaitMs: number;
  readonly #unacknowledged = new Set<QueuedCall>();
  #deliveries: QueuedCall[] = [];
  #isWorking = false;

  /** The handler never rejects. */
  constructor(handle: (call: QueuedCall) => Promise<void>, ackWaitMs: number) {
    this.#handle = handle;
    this.#ackWaitMs = ackWaitMs;
  }

  /** False when the queue is full. */
  push(call: QueuedCall): boolean {
    if (this.#unacknowledged.size >= MAX_CALLS) return false;
    this.#unacknowledged.add(call);
    this.#deliveries.push(call);
    if (!this.#isWorking) void this.#work();
    return true;
  }

  /** Forgets all calls; says how many were not done. */
  clear(): number {
    const lost = this.#unacknowledged.size;
    this.#unacknowledged.clear();
    this.#deliveries = [];
    return lost;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let call = this.#deliveries.shift(); call; call = this.#deliveries.shift()) {
      await this.#deliver(call);
    }
    this.#isWorking = false;
  }

  async #deliver(call: QueuedCall): Promise<void> {
    const redelivery = setInterval(() => {
      if (this.#unacknowledged.has(call)) this.#deliveries.unshift(call);
    }, this.#ackWaitMs);
    await this.#handle(call);
    clearInterval(redelivery);
    this.#unacknowledged.delete(call);
  }
}
