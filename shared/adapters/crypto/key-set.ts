import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';

/** An Ed25519 public key as a JWK (RFC 8037); every other member is dropped, `d` above all. */
const PublicKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.string(),
  kid: v.pipe(v.string(), v.nonEmpty()),
  alg: v.optional(v.literal('EdDSA'), 'EdDSA'),
  use: v.optional(v.literal('sig'), 'sig'),
});
const PrivateKey = v.object({ ...PublicKey.entries, d: v.string() });

/** A public key as it may be shown. */
export type PublicJwk = v.InferOutput<typeof PublicKey>;

/** The key that signs, and its name. */
export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/**
 * The key that signs, out of the text of a JWK set (RFC 7517): its first. Throws TypeError for
 * everything but a set of Ed25519 private keys with `kid`.
 */
export function parseSigningKey(jwks: string): SigningKey {
  const [first] = parseSet(PrivateKey, jwks, 'private');
  return { kid: first.kid, key: createPrivateKey({ key: first, format: 'jwk' }) };
}

/** Public keys by `kid`, out of the text of a JWK set; TypeError as in {@link parseSigningKey}. */
export function parseVerifyingKeys(jwks: string): ReadonlyMap<string, KeyObject> {
  const keys = parsePublicJwks(jwks);
  return new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
}

/** The public keys as they may be shown, whatever else the set holds; TypeError likewise. */
export function parsePublicJwks(jwks: string): readonly PublicJwk[] {
  return parseSet(PublicKey, jwks, 'public');
}

function parseSet<const TKey extends v.GenericSchema>(
  key: TKey,
  text: string,
  kind: string,
): [v.InferOutput<TKey>, ...v.InferOutput<TKey>[]] {
  const set = v.object({ keys: v.tupleWithRest([key], key) });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), set), text);
  if (parsed.success) return parsed.output.keys;
  // The text itself is never quoted: it may hold private keys.
  throw new TypeError(`The text is no JWK set of Ed25519 ${kind} keys with "kid" (RFC 7517).`);
}
