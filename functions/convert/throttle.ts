/** Holds whoever brings more back while as much is under way as may be. */
export class Throttle {
  readonly #most: number;
  #amount = 0;
  #wake: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** More is under way, whether there is room or not. */
  add(amount: number): void {
    this.#amount += amount;
  }

  /** Less is under way. */
  remove(amount: number): void {
    this.#amount -= amount;
    this.#wake?.();
  }

  /**
   * Waits until there is room; rejects with the signal's reason when that aborts. One caller at a
   * time.
   */
  async room(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#amount < this.#most) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const wake = () => resolve(undefined);
    this.#wake = wake;
    signal.addEventListener('abort', wake);
    await promise;
    signal.removeEventListener('abort', wake);
    await this.room(signal);
  }
}
