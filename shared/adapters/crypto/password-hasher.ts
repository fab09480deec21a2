import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHasher } from '#shared/core/ports';
import { type Argon2Cost, formatPhc, parsePhc } from './phc.ts';
import { createSemaphore, type SemaphoreLimits } from './semaphore.ts';

const argon2Async = promisify(argon2);

/** OWASP's first choice (Password Storage Cheat Sheet): 46 MiB, one pass. */
const cost: Argon2Cost = { memory: 47_104, passes: 1, parallelism: 1 };
const saltBytes = 16;
const hashBytes = 32;

/**
 * Hashes passwords with Argon2id (RFC 9106) into PHC strings, after NFKC (NIST SP 800-63B).
 *
 * Each hash takes 46 MiB, so only `limits.running` (4) run at once and `limits.waiting` (20) wait;
 * what is too much is refused with `unavailable` and Retry-After 1 s. An absent hash costs as much
 * time as a present one. `verify` throws TypeError for a stored hash that is no PHC string of
 * Argon2id: that is damage, not a wrong password.
 */
export function createPasswordHasher(
  limits: SemaphoreLimits = { running: 4, waiting: 20 },
): PasswordHasher {
  const whenThereIsRoom = createSemaphore(limits);
  const absent = formatPhc({ ...cost, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) });

  return {
    hash: (password) =>
      whenThereIsRoom(async () => {
        const salt = randomBytes(saltBytes);
        return formatPhc({ ...cost, salt, hash: await derive(password, salt, hashBytes, cost) });
      }),
    verify: (password, hash) =>
      whenThereIsRoom(async () => {
        const stored = parsePhc(hash ?? absent);
        if (!stored) throw new TypeError('The stored password hash is no Argon2id PHC string.');
        const derived = await derive(password, stored.salt, stored.hash.length, stored);
        return timingSafeEqual(derived, stored.hash) && hash !== undefined;
      }),
    isOutdated(hash) {
      const stored = parsePhc(hash);
      return !stored || stored.memory < cost.memory || stored.passes < cost.passes;
    },
  };
}

function derive(
  password: string,
  nonce: Buffer,
  tagLength: number,
  { memory, passes, parallelism }: Argon2Cost,
): Promise<Buffer> {
  const message = password.normalize('NFKC');
  return argon2Async('argon2id', { message, nonce, tagLength, memory, passes, parallelism });
}
