/** Things on their way from one who gives to one who takes, in order. */
export class Channel<Thing> implements AsyncIterable<Thing> {
  readonly #waiting: Thing[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  give(thing: Thing): void {
    this.#waiting.push(thing);
    this.#wake?.();
  }

  /** What was given before is still taken. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Thing> {
    while (!this.#isEnded || this.#waiting.length > 0) {
      yield* this.#waiting.splice(0);
      if (this.#isEnded || this.#waiting.length > 0) continue;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#wake = () => resolve(undefined);
      await promise;
    }
  }
}
