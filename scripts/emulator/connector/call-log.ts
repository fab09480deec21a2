/** One POST to a function, as the connector saw it. */
export interface LoggedCall {
  /** With its namespace, as it was called. */
  readonly functionName: string;
  /** Null where no answer came. */
  readonly status: number | null;
  /** Until the whole answer was there, or until it was given up. */
  readonly tookMs: number;
}

/** A connector that spins makes thousands in a second, and perhaps nobody ever asks. */
const MOST_KEPT = 10_000;

/** The latest calls, until somebody takes them. */
export class CallLog {
  #calls: LoggedCall[] = [];

  /** Makes the call and keeps what came of it. */
  async observe(functionName: string, call: () => Promise<number>): Promise<number> {
    const startedAt = performance.now();
    let status: number | null = null;
    try {
      status = await call();
      return status;
    } finally {
      this.#calls.push({ functionName, status, tookMs: performance.now() - startedAt });
      if (this.#calls.length > 2 * MOST_KEPT) this.#calls = this.#calls.slice(-MOST_KEPT);
    }
  }

  /** At least the last ten thousand that ended since the last time. */
  take(): readonly LoggedCall[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }
}
