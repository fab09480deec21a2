import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether both are the same text, in a time that tells nothing of where or how long they differ.
 */
export function isSameSecret(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
