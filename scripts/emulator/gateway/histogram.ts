/** Upper bounds in seconds: what Prometheus' Go client takes when not told otherwise. */
export const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Durations in buckets; each counts all that are as long as its bound, or shorter. */
export class Histogram {
  readonly #durations = new Map<number, number>();
  #sum = 0;
  #count = 0;

  observe(seconds: number): void {
    const bound = BOUNDS.find((limit) => seconds <= limit) ?? Infinity;
    this.#durations.set(bound, (this.#durations.get(bound) ?? 0) + 1);
    this.#sum += seconds;
    this.#count += 1;
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#count;
  }

  buckets(): { bound: number; count: number }[] {
    let count = 0;
    return [...BOUNDS, Infinity].map((bound) => {
      count += this.#durations.get(bound) ?? 0;
      return { bound, count };
    });
  }
}
