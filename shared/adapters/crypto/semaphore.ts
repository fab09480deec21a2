import { AppError } from '#shared/core/errors';

/** How much may happen at once, and how much may wait for it. */
export interface SemaphoreLimits {
  readonly running: number;
  readonly waiting: number;
}

/** Runs work when there is room for it. */
export type Semaphore = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets `running` pieces of work run at once and `waiting` more wait in order; one more is refused
 * at once with `unavailable` and Retry-After 1 s.
 */
export function createSemaphore(limits: SemaphoreLimits): Semaphore {
  const queue: (() => void)[] = [];
  let running = 0;

  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }

  return async (work) => {
    if (running < limits.running) running += 1;
    else if (queue.length < limits.waiting) {
      await new Promise<void>((resolve) => queue.push(resolve));
    } else throw new AppError('unavailable', undefined, { retryAfterSeconds: 1 });
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
