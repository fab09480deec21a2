export type Undo = () => Promise<void> | void;

/** What was done and must be undone, last thing first, whatever happens in between. */
export class UndoList {
  readonly #undos = new Set<Undo>();
  #isClosed = false;

  /** The returned function undoes it now, and only once. */
  add(undo: Undo): () => Promise<void> {
    if (this.#isClosed) throw new Error('interrupted');
    this.#undos.add(undo);
    return async () => {
      if (this.#undos.delete(undo)) await undo();
    };
  }

  /** From now on nothing can be begun that would have to be undone. */
  close(): void {
    this.#isClosed = true;
  }

  /** Undoes everything; what could not be is returned. */
  async undoAll(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const undo of [...this.#undos].reverse()) {
      if (!this.#undos.delete(undo)) continue;
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}
