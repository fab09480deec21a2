import { createAccessTokenVerifier } from '#shared/adapters/crypto/access-tokens';
import { createPasswordHasher } from '#shared/adapters/crypto/password-hasher';
import { createPool } from '#shared/adapters/postgres/pool';
import { createRateLimiter } from '#shared/adapters/postgres/rate-limiter';
import { createUsers } from '#shared/adapters/postgres/users';
import {
  AccountDeletionRequest,
  AccountListQuery,
  PasswordChangeRequest,
  RolesRequest,
} from '#shared/contracts/accounts';
import { serverPassword, servers, text, tokenSettings } from '#shared/contracts/settings';
import { guessBudgets } from '#shared/core/password';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { empty, json } from '#shared/runtime/http/answer';
import { loggedIn, only } from '#shared/runtime/http/auth';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { changePassword } from './change-password.ts';
import { deleteAccount } from './delete-account.ts';
import { listAccounts } from './list-accounts.ts';
import { setRoles } from './set-roles.ts';
import { showAccount } from './show-account.ts';

export const config = {
  settings: { V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL, ...tokenSettings },
  secrets: { 'postgres-password': serverPassword, 'access-token-public-keys': text },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 5,
    applicationName: 'account',
  });
  return Promise.resolve({
    users: createUsers(pool),
    hasher: createPasswordHasher(),
    guesses: guessBudgets.map((budget) => createRateLimiter(pool, budget, log)),
    accessTokens: createAccessTokenVerifier({
      issuer: settings.V2M_TOKEN_ISSUER,
      audience: settings.V2M_TOKEN_AUDIENCE,
      publicKeys: secrets['access-token-public-keys'],
    }),
    close: () => pool.end(),
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'GET',
    path: '/',
    handle: loggedIn(async (_exchange, deps, { userId }) =>
      json(200, await showAccount(deps)(userId)),
    ),
  },
  {
    method: 'DELETE',
    path: '/',
    handle: loggedIn(async (exchange, deps, { userId }) => {
      await deleteAccount(deps)(userId, await exchange.json(AccountDeletionRequest));
      return empty();
    }),
  },
  {
    method: 'POST',
    path: '/password',
    handle: loggedIn(async (exchange, deps, { userId }) => {
      await changePassword(deps)(userId, await exchange.json(PasswordChangeRequest));
      return empty();
    }),
  },
  {
    method: 'GET',
    path: '/users',
    handle: only('admin', async (exchange, deps) =>
      json(200, await listAccounts(deps)(exchange.query(AccountListQuery))),
    ),
  },
  {
    method: 'PUT',
    path: '/users/{id}/roles',
    handle: only('admin', async (exchange, deps, { userId }) => {
      await setRoles(deps)(userId, exchange.params['id'] ?? '', await exchange.json(RolesRequest));
      return empty();
    }),
  },
]);
