import type { TokenResponse } from '#shared/contracts/accounts';
import type { AccessTokenSigner, User } from '#shared/core/ports';

/** Both tokens of a person, in the words of RFC 6749 §5.1. */
export async function tokenResponse(
  signer: AccessTokenSigner,
  user: User,
  refreshToken: string,
): Promise<TokenResponse> {
  const { token, expiresInSeconds } = await signer.sign({ userId: user.id, roles: user.roles });
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
  };
}
