import { CompactSign, compactVerify } from 'jose';
import * as v from 'valibot';
import { BellEvent } from '#shared/contracts/events';
import type { EventSigner, EventVerifier } from '#shared/core/ports';
import { newId } from './ids.ts';
import { algorithm, keyFinder, longestToken } from './jws.ts';
import { parseSigningKey, parseVerifyingKeys } from './key-set.ts';

const typ = 'event+jws';
const SignedBell = v.pipe(v.string(), v.parseJson(), BellEvent);

/**
 * Signs bells as compact JWS (RFC 7515, EdDSA, `kid`, `typ: event+jws`). `privateKeys` is the text
 * of a JWK set whose first key signs; TypeError where it is not one. `jti` and `iat` are for
 * whoever looks into a queue; nobody decides by them, because a bell carries no truth.
 */
export function createEventSigner(options: {
  readonly privateKeys: string;
  readonly now?: () => Date;
}): EventSigner {
  const { now = () => new Date() } = options;
  const { kid, key } = parseSigningKey(options.privateKeys);
  return {
    sign(event) {
      const iat = Math.floor(now().getTime() / 1000);
      const payload = new TextEncoder().encode(JSON.stringify({ ...event, jti: newId(), iat }));
      return new CompactSign(payload).setProtectedHeader({ alg: algorithm, typ, kid }).sign(key);
    },
  };
}

/** Checks bells against every key of the JWK set `publicKeys`, however old they are. */
export function createEventVerifier(options: { readonly publicKeys: string }): EventVerifier {
  const findKey = keyFinder(parseVerifyingKeys(options.publicKeys));

  async function eventOf(jws: string): Promise<BellEvent | undefined> {
    const { payload, protectedHeader } = await compactVerify(jws, findKey, {
      algorithms: [algorithm],
    });
    if (protectedHeader.typ !== typ) return undefined;
    const parsed = v.safeParse(SignedBell, new TextDecoder().decode(payload));
    return parsed.success ? parsed.output : undefined;
  }

  return {
    verify: async (jws) =>
      jws.length > longestToken ? undefined : eventOf(jws).catch(() => undefined),
  };
}
