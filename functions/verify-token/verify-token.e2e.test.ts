import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { TokenResponse } from '#shared/contracts/accounts';
import { post } from '../../scripts/client/request.ts';
import { functionUrl, newPerson, service } from '../../scripts/testing/service.ts';

let token = '';
let userId = '';

beforeAll(async () => {
  const { email, password, client } = await newPerson();
  const answer = await fetch(functionUrl('login'), post({ email, password }));
  token = ((await answer.json()) as TokenResponse).access_token;
  userId = ((await (await client.call('account')).json()) as { id: string }).id;
});

async function introspect(asked: string, secret?: string): Promise<Response> {
  const file = join(service.root, 'secrets/functions/introspection-client-secret');
  const credentials = `introspection:${secret ?? (await readFile(file, 'utf8')).trim()}`;
  return fetch(functionUrl('verify-token'), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams({ token: asked }),
  });
}

describe('token introspection', () => {
  test('tells a service that knows the secret whose token it is', async () => {
    const answer = await introspect(token);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ active: true, sub: userId, roles: ['user'] });
  });

  test('says of a token that does not hold that it is not active, and no more', async () => {
    expect(await (await introspect(`${token.slice(0, -4)}AAAA`)).json()).toEqual({ active: false });
  });

  test('tells nobody else anything (security 27)', async () => {
    expect((await introspect(token, 'a guess')).status).toBe(401);
  });
});

describe("the check for a proxy's auth request", () => {
  test('names person and roles of a valid token', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(functionUrl('verify-token'), { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-user-id')).toBe(userId);
    expect(answer.headers.get('x-user-roles')).toBe('user');
  });

  test.each([undefined, 'Bearer nonsense', 'Basic YTpi'])('refuses %s', async (authorization) => {
    const headers = { ...(authorization !== undefined && { authorization }) };
    const answer = await fetch(functionUrl('verify-token'), { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.has('x-user-id')).toBe(false);
  });
});

describe('the published keys', () => {
  test('verify a token, and hold nothing private', async () => {
    const answer = await fetch(functionUrl('verify-token/.well-known/jwks.json'));
    const keys = (await answer.json()) as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { typ: 'at+jwt' });
    expect(payload.sub).toBe(userId);
    expect(keys.keys.filter((key) => 'd' in key)).toEqual([]);
  });
});
