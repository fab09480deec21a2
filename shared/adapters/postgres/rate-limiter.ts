import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Pool } from '#shared/adapters/postgres/pool';
import { AppError, sentence } from '#shared/core/errors';
import type { Log, RateLimiter } from '#shared/core/ports';

/** How much of something is allowed. */
export interface Budget {
  /** What is counted; two limiters of one name share their counts. */
  readonly name: string;
  readonly points: number;
  /** After this the whole budget is back. */
  readonly seconds: number;
}

/**
 * Counts in Postgres, for all replicas together. While Postgres does not answer, each process
 * counts for itself with the same budget and says so in the log: never unlimited. Keys are stored
 * hashed, so that the table holds no addresses.
 */
export function createRateLimiter(pool: Pool, budget: Budget, log: Log): RateLimiter {
  const limits = { keyPrefix: budget.name, points: budget.points, duration: budget.seconds };
  const limiter = new RateLimiterPostgres({
    ...limits,
    storeClient: loggedClient(pool, budget, log),
    storeType: 'client',
    tableName: 'rate_limits',
    tableCreated: true,
    // The sweep does it.
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory(limits),
  });
  return {
    async take(key, points = 1) {
      try {
        await limiter.consume(hashed(key), points);
      } catch (error) {
        throw error instanceof RateLimiterRes ? tooMany(error) : error;
      }
    },
    async reset(key) {
      await limiter.delete(hashed(key));
    },
  };
}

/** What the limiter asks of a `pg` client. */
function loggedClient(pool: Pool, { name }: Budget, log: Log) {
  return {
    async query({ text, values }: { text: string; values: readonly unknown[] }) {
      try {
        const rows = await pool.query(text, values);
        return { rows, rowCount: rows.length };
      } catch (error) {
        log.warn({ err: error, limiter: name }, 'rate limiter counts in memory');
        throw error;
      }
    },
  };
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function tooMany({ msBeforeNext }: RateLimiterRes): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return new AppError('rate_limited', sentence.rate_limited, { retryAfterSeconds });
}
