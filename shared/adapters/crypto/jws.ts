import type { KeyObject } from 'node:crypto';

/** The only algorithm we sign with and accept (RFC 8037). */
export const algorithm = 'EdDSA';

/** Longest token or event that is looked at, in characters. */
export const longestToken = 8192;

/**
 * Finds the key a token names. A token without `kid`, or with one we do not know, has no key:
 * jose alone would take the only key of a set for a token that names none.
 */
export function keyFinder(keys: ReadonlyMap<string, KeyObject>) {
  return ({ kid }: { kid?: string }): KeyObject => {
    const key = kid === undefined ? undefined : keys.get(kid);
    if (!key) throw new Error('The token names no key of ours.');
    return key;
  };
}
