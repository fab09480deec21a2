import { newId } from '#shared/adapters/crypto/ids';
import { createPasswordHasher } from '#shared/adapters/crypto/password-hasher';
import { createPool } from '#shared/adapters/postgres/pool';
import { createRateLimiter } from '#shared/adapters/postgres/rate-limiter';
import { createUsers } from '#shared/adapters/postgres/users';
import { RegisterRequest } from '#shared/contracts/accounts';
import { servers, serverPassword } from '#shared/contracts/settings';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { json } from '#shared/runtime/http/answer';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { register } from './register.ts';

export const config = {
  settings: { V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL },
  secrets: { 'postgres-password': serverPassword },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 5,
    applicationName: 'register',
  });
  return Promise.resolve({
    users: createUsers(pool),
    hasher: createPasswordHasher(),
    newId,
    limits: {
      address: createRateLimiter(pool, { name: 'register', points: 5, seconds: 3_600 }, log),
      everyone: createRateLimiter(pool, { name: 'register-all', points: 300, seconds: 60 }, log),
    },
    close: () => pool.end(),
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'POST',
    path: '/',
    handle: async (exchange, deps) =>
      json(201, await register(deps)(await exchange.json(RegisterRequest))),
  },
]);
