import { toAppError } from '#shared/core/errors';

/** What waits. */
export interface Clock {
  sleep(ms: number): Promise<void>;
}

/**
 * The answer of the store of truth. A lost reply (`unavailable`) leaves open whether the step was
 * taken; what answers the same when it is asked again is asked again, up to `attempts` times in
 * all. Waits 1, 2, 4 … s in between, then rejects.
 */
export async function askAgain<T>(clock: Clock, ask: () => Promise<T>, attempts = 5): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === attempts || toAppError(error).code !== 'unavailable') throw error;
      await clock.sleep(1_000 * 2 ** (attempt - 1));
    }
  }
}
