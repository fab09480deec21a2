import { describe, expect, test } from '@jest/globals';
import { createFakeAccessTokens } from '#shared/testing/tokens.fake';
import { requireClient } from './client.ts';
import { parseForm } from './form.ts';
import { introspect } from './introspect.ts';

describe('introspect', () => {
  test('tells who a valid token belongs to, in the words of RFC 7662', async () => {
    const accessTokens = createFakeAccessTokens(() => new Date(1_000_000));
    const { token } = await accessTokens.sign({ userId: 'ada', roles: ['user', 'admin'] });
    expect(await introspect({ accessTokens })({ token })).toEqual({
      active: true,
      sub: 'ada',
      roles: ['user', 'admin'],
      iss: 'fake-issuer',
      aud: 'fake-audience',
      iat: 1000,
      exp: 1900,
      jti: 'fake-token-1',
    });
  });

  test('row 27: says nothing of other tokens but that they are not active', async () => {
    let now = new Date(0);
    const accessTokens = createFakeAccessTokens(() => now);
    const { token } = await accessTokens.sign({ userId: 'ada', roles: ['user'] });
    now = new Date(901_000);
    expect(await introspect({ accessTokens })({ token })).toEqual({ active: false });
    expect(await introspect({ accessTokens })({ token: 'nonsense' })).toEqual({ active: false });
  });
});

describe('requireClient', () => {
  const deps = { clientSecret: 's3cret', isSameSecret: (a: string, b: string) => a === b };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  test('row 27: lets the client with its secret pass', () => {
    expect(() => requireClient(deps, basic('introspection:s3cret'))).not.toThrow();
  });

  test.each([
    ['nothing', undefined],
    ['no secret', basic('introspection:')],
    ['a wrong secret', basic('introspection:guess')],
    ['another client', basic('admin:s3cret')],
    ['a Bearer token', 'Bearer s3cret'],
    ['broken base64', 'Basic =a='],
  ])('row 27: refuses %s', (_, authorization) => {
    expect(() => requireClient(deps, authorization)).toThrow(
      expect.objectContaining({ code: 'unauthorized' }),
    );
  });

  test('tells the refused client which scheme is wanted (RFC 6749 §5.2)', () => {
    const headers = { 'www-authenticate': 'Basic realm="introspection"' };
    expect(() => requireClient(deps, undefined)).toThrow(expect.objectContaining({ headers }));
  });
});

describe('parseForm', () => {
  test('reads the fields of a form', () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    expect(parseForm(type, 'token=a.b%2Bc&token_type_hint=access_token')).toEqual({
      token: 'a.b+c',
      token_type_hint: 'access_token',
    });
  });

  test.each([undefined, 'application/json', 'text/plain'])('refuses %s', (type) => {
    expect(() => parseForm(type, 'token=a')).toThrow(
      expect.objectContaining({ code: 'unsupported_media_type' }),
    );
  });
});
