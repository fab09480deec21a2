import { createAccessTokenVerifier, createPublicKeys } from '#shared/adapters/crypto/access-tokens';
import { isSameSecret } from '#shared/adapters/crypto/secrets';
import { IntrospectionRequest } from '#shared/contracts/accounts';
import { text, tokenSettings } from '#shared/contracts/settings';
import { loadConfig } from '#shared/runtime/config';
import { httpFunction } from '#shared/runtime/http';
import { empty, json } from '#shared/runtime/http/answer';
import { loggedIn } from '#shared/runtime/http/auth';
import { validate } from '#shared/runtime/http/body';
import { once } from '#shared/runtime/once';
import { requireClient } from './client.ts';
import { parseForm } from './form.ts';
import { introspect } from './introspect.ts';

export const config = {
  settings: tokenSettings,
  secrets: { 'access-token-public-keys': text, 'introspection-client-secret': text },
};

const deps = once(() => {
  const { settings, secrets } = loadConfig(config);
  const tokens = {
    issuer: settings.V2M_TOKEN_ISSUER,
    audience: settings.V2M_TOKEN_AUDIENCE,
    publicKeys: secrets['access-token-public-keys'],
  };
  return Promise.resolve({
    accessTokens: createAccessTokenVerifier(tokens),
    publicKeys: createPublicKeys(tokens),
    clientSecret: secrets['introspection-client-secret'],
    isSameSecret,
    close: () => Promise.resolve(),
  });
});

export const handler = httpFunction(deps, [
  {
    method: 'POST',
    path: '/',
    handle: async (exchange, deps) => {
      requireClient(deps, exchange.header('authorization'));
      const form = parseForm(exchange.header('content-type'), await exchange.text(16_384));
      return json(200, await introspect(deps)(validate(IntrospectionRequest, form)));
    },
  },
  {
    // What a proxy asks before it lets a request pass: nginx auth_request, Traefik forwardAuth.
    method: 'GET',
    path: '/',
    handle: loggedIn((_exchange, _deps, { userId, roles }) =>
      Promise.resolve(empty(200, { 'x-user-id': userId, 'x-user-roles': roles.join(',') })),
    ),
  },
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    handle: (_exchange, { publicKeys }) =>
      Promise.resolve(json(200, publicKeys.jwks(), { 'cache-control': 'public, max-age=600' })),
  },
]);
