import { describe, expect, test } from '@jest/globals';
import type { RateLimiter } from '#shared/core/ports';

/** What every RateLimiter does. `make` gives each key ten points. */
export function describeRateLimiter(name: string, make: () => RateLimiter): void {
  describe(`RateLimiter: ${name}`, () => {
    const spend = async (limiter: RateLimiter, key: string) => {
      for (let i = 0; i < 10; i += 1) await limiter.take(key);
    };

    test('gives each key its budget, and no more', async () => {
      const limiter = make();
      await spend(limiter, 'ada');

      await expect(limiter.take('ada')).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfterSeconds: expect.any(Number),
      });
      await expect(limiter.take('bob', 10)).resolves.toBeUndefined();
      await expect(limiter.take('bob')).rejects.toMatchObject({ code: 'rate_limited' });
    });

    test('gives the whole budget back on reset', async () => {
      const limiter = make();
      await spend(limiter, 'eve');
      await limiter.reset('eve');

      await expect(spend(limiter, 'eve')).resolves.toBeUndefined();
    });

    test('takes keys of any length', async () => {
      await expect(make().take('k'.repeat(1_000))).resolves.toBeUndefined();
    });
  });
}
