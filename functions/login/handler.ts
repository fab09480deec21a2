import { createAccessTokenSigner } from '#shared/adapters/crypto/access-tokens';
import { newId } from '#shared/adapters/crypto/ids';
import { createPasswordHasher } from '#shared/adapters/crypto/password-hasher';
import { hashRefreshToken, newRefreshToken } from '#shared/adapters/crypto/tokens';
import { createPool } from '#shared/adapters/postgres/pool';
import { createRateLimiter } from '#shared/adapters/postgres/rate-limiter';
import { createSessions } from '#shared/adapters/postgres/sessions';
import { createUsers } from '#shared/adapters/postgres/users';
import { LoginRequest, RefreshRequest } from '#shared/contracts/accounts';
import { serverPassword, servers, text, tokenSettings } from '#shared/contracts/settings';
import { guessBudgets } from '#shared/core/password';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { empty, json } from '#shared/runtime/http/answer';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { refresh } from './refresh.ts';

export const config = {
  settings: { V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL, ...tokenSettings },
  secrets: { 'postgres-password': serverPassword, 'access-token-private-keys': text },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 5,
    applicationName: 'login',
  });
  return Promise.resolve({
    users: createUsers(pool),
    sessions: createSessions(pool),
    hasher: createPasswordHasher(),
    accessTokens: createAccessTokenSigner({
      issuer: settings.V2M_TOKEN_ISSUER,
      audience: settings.V2M_TOKEN_AUDIENCE,
      privateKeys: secrets['access-token-private-keys'],
    }),
    refreshTokens: { create: newRefreshToken, hash: hashRefreshToken },
    newId,
    log,
    limits: {
      guesses: guessBudgets.map((budget) => createRateLimiter(pool, budget, log)),
      everyone: createRateLimiter(pool, { name: 'login-all', points: 1_200, seconds: 60 }, log),
      refreshes: createRateLimiter(pool, { name: 'refresh-all', points: 6_000, seconds: 60 }, log),
    },
    close: () => pool.end(),
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'POST',
    path: '/',
    handle: async (exchange, deps) =>
      json(200, await login(deps)(await exchange.json(LoginRequest))),
  },
  {
    method: 'POST',
    path: '/refresh',
    handle: async (exchange, deps) =>
      json(200, await refresh(deps)(await exchange.json(RefreshRequest))),
  },
  {
    method: 'POST',
    path: '/logout',
    handle: async (exchange, deps) => {
      await logout(deps)(await exchange.json(RefreshRequest));
      return empty();
    },
  },
]);
