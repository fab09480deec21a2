/** What a long start tells a person; seconds are shown while a step runs where `live` is given. */
export interface ProgressOutput {
  /** One lasting line. */
  report: (line: string) => void;
  /** Replaces one passing line at the bottom of a terminal; empty clears it. */
  live?: (line: string) => void;
}

/** Steps that may run side by side, each with a line when it ends. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #running = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  line(text: string): void {
    this.#output.live?.('');
    this.#output.report(text);
    this.#draw();
  }

  /** Runs `work`; without a terminal it is announced first, since it may take a minute. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    this.#begin(name, startedAt);
    try {
      const result = await work();
      this.#end(name);
      this.line(`${name}: done in ${seconds(startedAt)} s`);
      return result;
    } catch (error) {
      this.#end(name);
      this.line(`${name}: failed after ${seconds(startedAt)} s`);
      throw error;
    }
  }

  #begin(name: string, startedAt: number): void {
    if (!this.#output.live) this.line(`${name} …`);
    this.#running.set(name, startedAt);
    this.#timer ??= setInterval(() => this.#draw(), 500).unref();
    this.#draw();
  }

  #end(name: string): void {
    this.#running.delete(name);
    if (this.#running.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw(): void {
    if (this.#running.size === 0) return;
    const steps = [...this.#running].map(([name, at]) => `${name} … ${seconds(at, 0)} s`);
    this.#output.live?.(steps.join('  ·  '));
  }
}

/** Seconds since `startedAt` (of `performance.now()`), for a person. */
export function seconds(startedAt: number, digits = 1): string {
  return ((performance.now() - startedAt) / 1000).toFixed(digits);
}
