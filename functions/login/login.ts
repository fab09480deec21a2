import type { LoginRequest, TokenResponse } from '#shared/contracts/accounts';
import { parseEmail } from '#shared/core/accounts';
import { AppError } from '#shared/core/errors';
import type {
  AccessTokenSigner,
  Log,
  NewId,
  PasswordHasher,
  RateLimiter,
  Sessions,
  User,
  Users,
} from '#shared/core/ports';
import type { RefreshTokens } from './refresh-tokens.ts';
import { tokenResponse } from './token-response.ts';

export interface LoginDeps {
  readonly users: Pick<Users, 'findByEmailKey' | 'setPasswordHash'>;
  readonly sessions: Pick<Sessions, 'start'>;
  readonly hasher: PasswordHasher;
  readonly accessTokens: AccessTokenSigner;
  readonly refreshTokens: RefreshTokens;
  readonly newId: NewId;
  readonly log: Log;
  readonly limits: {
    /** Guesses at one account's password; each counts until one is right. */
    readonly guesses: readonly RateLimiter[];
    readonly everyone: Pick<RateLimiter, 'take'>;
  };
}

const sessionSeconds = 30 * 86_400;

/**
 * E-mail and password for an access and a refresh token. An unknown address and a wrong password
 * get the same answer in the same time, and the same number of tries.
 */
export function login(deps: LoginDeps) {
  return async ({ email, password }: LoginRequest): Promise<TokenResponse> => {
    const emailKey = parseEmail(email)?.emailKey;
    if (emailKey === undefined) throw wrong();
    // Side by side: a store that does not answer is waited for once and not for each question.
    const [user] = await Promise.all([
      deps.users.findByEmailKey(emailKey),
      countGuess(deps, emailKey),
    ]);
    const right = await deps.hasher.verify(password, user?.passwordHash);
    if (user === undefined || !right) throw wrong();

    for (const guesses of deps.limits.guesses) await guesses.reset(emailKey);
    await renewHash(deps, user, password);
    return startSession(deps, user);
  };
}

/** Counted before the password is looked at, else parallel guesses would all be free. */
async function countGuess({ limits }: LoginDeps, emailKey: string): Promise<void> {
  for (const guesses of limits.guesses) await guesses.take(emailKey);
  await limits.everyone.take('all');
}

function wrong(): AppError {
  return new AppError('unauthorized', 'The e-mail address or the password is wrong.');
}

/** Brings an old hash up to today's cost, while the password is at hand. */
async function renewHash({ hasher, users, log }: LoginDeps, user: User, password: string) {
  if (!hasher.isOutdated(user.passwordHash)) return;
  try {
    const hash = await hasher.hash(password);
    await users.setPasswordHash(user.id, hash, { keepSessions: true });
  } catch (error) {
    // The next login tries again.
    log.warn({ err: error, userId: user.id }, 'password hash not renewed');
  }
}

async function startSession(deps: LoginDeps, user: User): Promise<TokenResponse> {
  const refreshToken = deps.refreshTokens.create();
  await deps.sessions.start({
    familyId: deps.newId(),
    userId: user.id,
    tokenHash: deps.refreshTokens.hash(refreshToken),
    lifetimeSeconds: sessionSeconds,
  });
  return tokenResponse(deps.accessTokens, user, refreshToken);
}
