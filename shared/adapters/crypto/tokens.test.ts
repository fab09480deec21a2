import { describe, expect, test } from '@jest/globals';
import { newId } from './ids.ts';
import { hashRefreshToken, newRefreshToken } from './tokens.ts';

describe('newRefreshToken', () => {
  test('security 29: is 256 bits in base64url, and never the same', () => {
    const tokens = Array.from({ length: 1000 }, newRefreshToken);

    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    }
  });
});

describe('hashRefreshToken', () => {
  test('security 29: is the SHA-256 of the token in hex', () => {
    expect(hashRefreshToken('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('newId', () => {
  test('is a UUIDv7 in lower case', () => {
    expect(newId()).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  test('sorts by time', async () => {
    const first = newId();
    await new Promise((resolve) => setTimeout(resolve, 3));

    expect(first < newId()).toBe(true);
  });
});
