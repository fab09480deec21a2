import { EventEmitter } from 'node:events';

import { flawCodes, type FlawCode, type FlawSetting } from './flaws.ts';

interface Changes {
  /** A flaw was switched on. */
  readonly on: [code: FlawCode];
  /** All flaws were switched off, and the connector has to start again. */
  readonly reset: [];
}

/** Which flaws are provoked how often from now on, and how often each has been. */
export class FlawSwitches {
  readonly changes = new EventEmitter<Changes>();
  readonly #left = new Map<FlawCode, number>();
  readonly #happened = new Map<FlawCode, number>();

  constructor(settings: readonly FlawSetting[]) {
    for (const { code, times } of settings) this.#left.set(code, times);
  }

  switchOn({ code, times }: FlawSetting): void {
    this.#left.set(code, times);
    this.#happened.delete(code);
    this.changes.emit('on', code);
  }

  switchOff(code: FlawCode): void {
    this.#left.delete(code);
  }

  reset(): void {
    for (const code of flawCodes) this.switchOff(code);
    this.changes.emit('reset');
  }

  /** Whether the flaw is to be provoked now; that is one time less then. */
  take(code: FlawCode): boolean {
    const left = this.left(code);
    if (left === 0) return false;
    this.#left.set(code, left - 1);
    this.#happened.set(code, this.happened(code) + 1);
    return true;
  }

  left(code: FlawCode): number {
    return this.#left.get(code) ?? 0;
  }

  /** Since it was switched on last. */
  happened(code: FlawCode): number {
    return this.#happened.get(code) ?? 0;
  }
}
