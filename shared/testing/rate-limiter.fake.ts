import { AppError, sentence } from '#shared/core/errors';
import type { RateLimiter } from '#shared/core/ports';

/** A budget of `points` for each key that never refills by itself. */
export function createFakeRateLimiter(points: number): RateLimiter {
  const taken = new Map<string, number>();
  return {
    take(key, wanted = 1) {
      const total = (taken.get(key) ?? 0) + wanted;
      taken.set(key, total);
      return total <= points
        ? Promise.resolve()
        : Promise.reject(
            new AppError('rate_limited', sentence.rate_limited, { retryAfterSeconds: 60 }),
          );
    },
    reset(key) {
      taken.delete(key);
      return Promise.resolve();
    },
  };
}
