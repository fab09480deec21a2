/** Gives a slot back; a second call does nothing. */
export type Release = () => void;

/**
 * Places for encoders, and for who measures, shared by all conversions of a process. First come,
 * first served: whoever holds many gives them back one by one, so that nobody waits for longer than
 * a segment takes.
 */
export class EncoderSlots {
  readonly size: number;
  #free: number;
  readonly #waiting = new Set<(isGiven: boolean) => void>();

  constructor(size: number) {
    this.size = size;
    this.#free = size;
  }

  /** Waits for a slot; rejects with the signal's reason when that aborts. */
  async take(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#turn(signal))) signal.throwIfAborted();
    let isHeld = true;
    return () => {
      if (isHeld) this.#giveBack();
      isHeld = false;
    };
  }

  async #turn(signal: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const leave = () => {
      this.#waiting.delete(resolve);
      resolve(false);
    };
    this.#waiting.add(resolve);
    signal.addEventListener('abort', leave);
    const isGiven = await promise;
    signal.removeEventListener('abort', leave);
    return isGiven;
  }

  #giveBack(): void {
    const [next] = this.#waiting;
    if (next) {
      this.#waiting.delete(next);
      next(true);
    } else {
      this.#free += 1;
    }
  }
}
