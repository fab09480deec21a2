/** Counts the requests in flight and knows whether the watchdog still calls itself healthy. */
export class Gate {
  readonly #maxInflight: number;
  readonly #whenIdle: (() => void)[] = [];
  #inFlight = 0;
  #open = true;

  constructor(maxInflight: number) {
    this.#maxInflight = maxInflight;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get isFull(): boolean {
    return this.#maxInflight > 0 && this.#inFlight >= this.#maxInflight;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get maxInflight(): number {
    return this.#maxInflight;
  }

  close(): void {
    this.#open = false;
  }

  enter(): void {
    this.#inFlight += 1;
  }

  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#whenIdle.splice(0).forEach((resolve) => resolve());
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }
}
