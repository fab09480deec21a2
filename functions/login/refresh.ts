import type { RefreshRequest, TokenResponse } from '#shared/contracts/accounts';
import { AppError } from '#shared/core/errors';
import type { AccessTokenSigner, Log, RateLimiter, Sessions } from '#shared/core/ports';
import type { RefreshTokens } from './refresh-tokens.ts';
import { tokenResponse } from './token-response.ts';

export interface RefreshDeps {
  readonly sessions: Pick<Sessions, 'rotate'>;
  readonly accessTokens: AccessTokenSigner;
  readonly refreshTokens: RefreshTokens;
  readonly log: Log;
  readonly limits: { readonly refreshes: Pick<RateLimiter, 'take'> };
}

/** Takes a refresh token for good and gives a fresh pair. */
export function refresh(deps: RefreshDeps) {
  return async ({ refresh_token }: RefreshRequest): Promise<TokenResponse> => {
    await deps.limits.refreshes.take('all');
    const next = deps.refreshTokens.create();
    const rotation = await deps.sessions.rotate(
      deps.refreshTokens.hash(refresh_token),
      deps.refreshTokens.hash(next),
    );
    switch (rotation.outcome) {
      case 'rotated':
        return tokenResponse(deps.accessTokens, rotation.user, next);
      case 'raced':
        throw new AppError('conflict', 'This refresh token was just used. Use the newer one.');
      case 'reused':
        // Two hold the same token, so one of them stole it. Both are logged out by now.
        deps.log.warn({}, 'a refresh token was used twice; its session is ended');
        throw ended();
      case 'unknown':
        throw ended();
    }
  };
}

function ended(): AppError {
  return new AppError('unauthorized', 'This session is over. Log in again.');
}
