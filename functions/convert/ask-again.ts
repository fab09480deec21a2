import { toAppError } from '#shared/core/errors';
import type { Clock } from './deps.ts';

/**
 * The answer of the store of truth. A lost reply (`unavailable`) leaves open whether the step was
 * taken; every step that a worker takes answers the same when it is asked again, so it is, up to
 * `attempts` times in all. Waits 1, 2, 4 … s in between, then rejects.
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
