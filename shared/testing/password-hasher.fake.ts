import type { PasswordHasher } from '#shared/core/ports';

/**
 * A {@link PasswordHasher} without a hash: `fake:PASSWORD`, at once. A stored hash that begins
 * with `outdated:` instead verifies the same way and counts as outdated.
 */
export function createFakePasswordHasher(): PasswordHasher {
  const readable = /^(?:fake|outdated):/;
  return {
    hash: (password) => Promise.resolve(`fake:${password.normalize('NFKC')}`),
    verify: (password, hash) =>
      Promise.resolve(hash?.replace(readable, '') === password.normalize('NFKC')),
    isOutdated: (hash) => hash.startsWith('outdated:'),
  };
}
