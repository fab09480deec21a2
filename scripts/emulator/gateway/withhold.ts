import type { Outlet } from '../http/relay.ts';

const BUFFER_BYTES = 4_096;

/** Small chunks wait until 4 KB are there or the end: the gateway never flushes. */
export class Withhold implements Outlet {
  readonly #outlet: Outlet;
  #held: Buffer[] = [];
  #bytes = 0;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  write(chunk: Buffer): boolean {
    this.#held.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes < BUFFER_BYTES || this.#release();
  }

  end(): void {
    this.#release();
    this.#outlet.end();
  }

  /** Whether there is room for more. */
  #release(): boolean {
    const room = this.#held.map((chunk) => this.#outlet.write(chunk));
    this.#held = [];
    this.#bytes = 0;
    return room.at(-1) ?? true;
  }
}
