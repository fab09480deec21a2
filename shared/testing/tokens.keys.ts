import { generateKeyPairSync } from 'node:crypto';

/** One Ed25519 key pair, as JWK sets in text form and as an object. */
export interface TestKeys {
  readonly kid: string;
  readonly privateKeys: string;
  readonly publicKeys: string;
  readonly privateJwk: Readonly<Record<string, unknown>>;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** A fresh key pair named `kid`. */
export function createTestKeys(kid: string): TestKeys {
  const pair = generateKeyPairSync('ed25519');
  const members = { kid, alg: 'EdDSA', use: 'sig' };
  const privateJwk = { ...pair.privateKey.export({ format: 'jwk' }), ...members };
  const publicJwk = { ...pair.publicKey.export({ format: 'jwk' }), ...members };
  return {
    kid,
    privateJwk,
    publicJwk,
    privateKeys: toJwks(privateJwk),
    publicKeys: toJwks(publicJwk),
  };
}

/** The text of a JWK set of these keys. */
export function toJwks(...keys: readonly Readonly<Record<string, unknown>>[]): string {
  return JSON.stringify({ keys });
}
