import type { RefreshRequest } from '#shared/contracts/accounts';
import type { Sessions } from '#shared/core/ports';
import type { RefreshTokens } from './refresh-tokens.ts';

export interface LogoutDeps {
  readonly sessions: Pick<Sessions, 'end'>;
  readonly refreshTokens: Pick<RefreshTokens, 'hash'>;
}

/**
 * Ends the session of a refresh token, also of one that was used already. Access tokens of the
 * session hold until they expire, 15 minutes at most.
 */
export function logout({ sessions, refreshTokens }: LogoutDeps) {
  return ({ refresh_token }: RefreshRequest): Promise<void> =>
    sessions.end(refreshTokens.hash(refresh_token));
}
