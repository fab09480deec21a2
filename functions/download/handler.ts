import { createAccessTokenVerifier } from '#shared/adapters/crypto/access-tokens';
import { createFileStore } from '#shared/adapters/gridfs/file-store';
import { createJobShelf } from '#shared/adapters/postgres/job-shelf';
import { createPool } from '#shared/adapters/postgres/pool';
import {
  filesDatabase,
  serverPassword,
  servers,
  text,
  tokenSettings,
  whole,
} from '#shared/contracts/settings';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { loggedIn } from '#shared/runtime/http/auth';
import { log } from '#shared/runtime/log';
import { once } from '#shared/runtime/once';
import { download } from './download.ts';

export const config = {
  settings: {
    V2M_POSTGRES_URL: servers.V2M_POSTGRES_URL,
    V2M_MONGODB_URI: servers.V2M_MONGODB_URI,
    ...tokenSettings,
    V2M_STALL_SECONDS: whole(60),
  },
  secrets: {
    'postgres-password': serverPassword,
    'mongodb-password': serverPassword,
    'access-token-public-keys': text,
  },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const pool = createPool({
    url: settings.V2M_POSTGRES_URL,
    password: secrets['postgres-password'],
    max: 5,
    applicationName: 'download',
  });
  const files = createFileStore({
    uri: settings.V2M_MONGODB_URI,
    password: secrets['mongodb-password'],
    database: filesDatabase,
  });
  return Promise.resolve({
    accessTokens: createAccessTokenVerifier({
      issuer: settings.V2M_TOKEN_ISSUER,
      audience: settings.V2M_TOKEN_AUDIENCE,
      publicKeys: secrets['access-token-public-keys'],
    }),
    shelf: createJobShelf(pool),
    files,
    log,
    stallSeconds: settings.V2M_STALL_SECONDS,
    async close() {
      await Promise.all([files.close(), pool.end()]);
    },
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'GET',
    path: '/{id}',
    handle: loggedIn((exchange, deps, { userId }) =>
      download(deps)(exchange, userId, exchange.params['id'] ?? ''),
    ),
  },
]);
