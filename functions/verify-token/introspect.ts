import type { IntrospectionRequest, IntrospectionResponse } from '#shared/contracts/accounts';
import type { AccessTokenVerifier } from '#shared/core/ports';

/**
 * Token introspection (RFC 7662) of access tokens. Whatever does not hold is just not active:
 * the answer never says why.
 */
export function introspect({ accessTokens }: { readonly accessTokens: AccessTokenVerifier }) {
  return async ({ token }: IntrospectionRequest): Promise<IntrospectionResponse> => {
    const claims = await accessTokens.verify(token);
    if (claims === undefined) return { active: false };
    return {
      active: true,
      sub: claims.userId,
      roles: [...claims.roles],
      iss: claims.issuer,
      aud: claims.audience,
      exp: claims.expiresAt,
      iat: claims.issuedAt,
      jti: claims.tokenId,
    };
  };
}
