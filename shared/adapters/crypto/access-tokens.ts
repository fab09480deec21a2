import { jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import { roles } from '#shared/contracts/accounts';
import type {
  AccessClaims,
  AccessTokenSigner,
  AccessTokenVerifier,
  PublicKeys,
} from '#shared/core/ports';
import { newId } from './ids.ts';
import { algorithm, keyFinder, longestToken } from './jws.ts';
import { parsePublicJwks, parseSigningKey, parseVerifyingKeys } from './key-set.ts';

const typ = 'at+jwt';
const lifetimeSeconds = 15 * 60;
const clockToleranceSeconds = 5;

/** Who makes tokens and for whom; both sides must name the same. */
export interface AccessTokenParties {
  readonly issuer: string;
  readonly audience: string;
  /** The clock; the machine's when absent. */
  readonly now?: () => Date;
}

const Claims = v.object({
  sub: v.pipe(v.string(), v.uuid()),
  roles: v.array(v.picklist(roles)),
  jti: v.string(),
  iss: v.string(),
  aud: v.string(),
  iat: v.number(),
  exp: v.number(),
});

/**
 * Signs access tokens (JWT of RFC 9068, EdDSA, `kid`) that hold for 15 minutes. `privateKeys` is
 * the text of a JWK set whose first key signs; TypeError where it is not one.
 */
export function createAccessTokenSigner(
  options: AccessTokenParties & { readonly privateKeys: string },
): AccessTokenSigner {
  const { issuer, audience, now = () => new Date() } = options;
  const { kid, key } = parseSigningKey(options.privateKeys);
  return {
    async sign({ userId, roles }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const token = await new SignJWT({ roles })
        .setProtectedHeader({ alg: algorithm, typ, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key);
      return { token, expiresInSeconds: lifetimeSeconds };
    },
  };
}

/**
 * Checks access tokens against every key of the JWK set `publicKeys`, with 5 s of tolerance
 * between clocks. A token is named by its `jti`: the same token can be written in several ways.
 */
export function createAccessTokenVerifier(
  options: AccessTokenParties & { readonly publicKeys: string },
): AccessTokenVerifier {
  const { issuer, audience, now = () => new Date() } = options;
  const findKey = keyFinder(parseVerifyingKeys(options.publicKeys));

  async function claimsOf(token: string): Promise<AccessClaims | undefined> {
    const { payload } = await jwtVerify(token, findKey, {
      algorithms: [algorithm],
      typ,
      issuer,
      audience,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      maxTokenAge: lifetimeSeconds,
      clockTolerance: clockToleranceSeconds,
      currentDate: now(),
    });
    const parsed = v.safeParse(Claims, payload);
    return parsed.success ? toAccessClaims(parsed.output) : undefined;
  }

  return {
    verify: async (token) =>
      token.length > longestToken ? undefined : claimsOf(token).catch(() => undefined),
  };
}

/** Shows the public keys of the JWK set `publicKeys`, and nothing else that it may hold. */
export function createPublicKeys(options: { readonly publicKeys: string }): PublicKeys {
  const keys = parsePublicJwks(options.publicKeys);
  return { jwks: () => ({ keys }) };
}

function toAccessClaims(claims: v.InferOutput<typeof Claims>): AccessClaims {
  return {
    userId: claims.sub,
    roles: claims.roles,
    tokenId: claims.jti,
    issuer: claims.iss,
    audience: claims.aud,
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}
