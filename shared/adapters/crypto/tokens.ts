import { createHash, randomBytes } from 'node:crypto';

/** A fresh refresh token: 256 random bits in base64url. Whoever has it has the session. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is stored of a refresh token: its SHA-256 in lower-case hex. A plain hash is enough,
 * because nobody can guess 256 random bits.
 */
export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
