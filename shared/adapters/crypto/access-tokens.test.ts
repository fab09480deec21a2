import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  type JWTHeaderParameters,
  type SignOptions,
  SignJWT,
  UnsecuredJWT,
  exportSPKI,
  importJWK,
} from 'jose';
import { accessTokensContract } from '#shared/testing/tokens.contract';
import { createTestKeys, toJwks } from '#shared/testing/tokens.keys';
import {
  createAccessTokenSigner,
  createAccessTokenVerifier,
  createPublicKeys,
} from './access-tokens.ts';

const keys = createTestKeys('2026-11');
const parties = { issuer: 'https://mp3.example', audience: 'video-to-mp3' };
const userId = '01a1fd86-1a9a-7f0a-9ba7-de349ac063f4';

const start = new Date('2026-11-21T10:00:00Z');
const startSeconds = start.getTime() / 1000;
let clock = start;
const now = () => clock;
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

const signer = createAccessTokenSigner({ ...parties, privateKeys: keys.privateKeys, now });
const verifier = createAccessTokenVerifier({ ...parties, publicKeys: keys.publicKeys, now });

accessTokensContract('Ed25519', (now) => ({
  signer: createAccessTokenSigner({ ...parties, privateKeys: keys.privateKeys, now }),
  verifier: createAccessTokenVerifier({ ...parties, publicKeys: keys.publicKeys, now }),
}));

const goodHeader = { alg: 'EdDSA', typ: 'at+jwt', kid: keys.kid };
const goodClaims = {
  iss: parties.issuer,
  aud: parties.audience,
  sub: userId,
  roles: ['user'],
  jti: 'token-1',
  iat: startSeconds,
  exp: startSeconds + 900,
};

/** A token that differs from a good one in just these places; `undefined` leaves a part out. */
async function forge(
  change: {
    header?: object;
    claims?: object;
    key?: Parameters<SignJWT['sign']>[0];
    options?: SignOptions;
  } = {},
): Promise<string> {
  clock = start;
  const header = { ...goodHeader, ...change.header } as JWTHeaderParameters;
  const key = change.key ?? (await importJWK(keys.privateJwk, 'EdDSA'));
  return new SignJWT({ ...goodClaims, ...change.claims })
    .setProtectedHeader(header)
    .sign(key, change.options);
}

describe('createAccessTokenVerifier', () => {
  test('takes a token forged without any change, so that each refusal below has one reason', async () => {
    expect(await verifier.verify(await forge())).toMatchObject({ userId, roles: ['user'] });
  });

  test('security 16: refuses alg none', async () => {
    const [, payload] = new UnsecuredJWT(goodClaims).encode().split('.');
    const header = encode({ ...goodHeader, alg: 'none' });

    expect(await verifier.verify(`${header}.${payload ?? ''}.`)).toBeUndefined();
  });

  test('security 16: refuses HS256 signed with the public key as its secret', async () => {
    const pem = await exportSPKI(createPublicKey({ key: keys.publicJwk, format: 'jwk' }));
    const token = await forge({ header: { alg: 'HS256' }, key: new TextEncoder().encode(pem) });

    expect(await verifier.verify(token)).toBeUndefined();
  });

  test.each(['jwk', 'jku', 'x5u'])(
    'security 17: ignores %s in the header and refuses the key it offers',
    async (member) => {
      const foreign = createTestKeys(keys.kid);
      const offered = { jwk: foreign.publicJwk, jku: 'https://evil.example', x5u: 'https://e.x' };
      const header = { [member]: offered[member as keyof typeof offered] };

      expect(
        await verifier.verify(await forge({ header, key: foreign.privateJwk as never })),
      ).toBeUndefined();
      expect(await verifier.verify(await forge({ header }))).toMatchObject({ userId });
    },
  );

  test.each(['../../x', "' OR 1=1 --", 'unknown', '', undefined, '__proto__'])(
    'security 18: refuses the kid %j',
    async (kid) => {
      expect(await verifier.verify(await forge({ header: { kid } }))).toBeUndefined();
    },
  );

  test.each([
    ['expired', { iat: startSeconds - 1000, exp: startSeconds - 100 }],
    ['not valid yet', { nbf: startSeconds + 100 }],
    ['without exp', { exp: undefined }],
    ['with exp as text', { exp: String(startSeconds + 900) }],
    ['without iat', { iat: undefined }],
    ['without jti', { jti: undefined }],
    ['without sub', { sub: undefined }],
  ])('security 19: refuses a token that is %s', async (_, claims) => {
    expect(await verifier.verify(await forge({ claims }))).toBeUndefined();
  });

  test('security 20: refuses a token made in the future', async () => {
    const claims = { iat: startSeconds + 60 };

    expect(await verifier.verify(await forge({ claims }))).toBeUndefined();
  });

  test('security 20: refuses a token older than 15 minutes, whatever its exp says', async () => {
    const claims = { iat: startSeconds - 1000, exp: startSeconds + 86_400 };

    expect(await verifier.verify(await forge({ claims }))).toBeUndefined();
  });

  test.each([
    ['issuer', { claims: { iss: 'https://evil.example' } }],
    ['audience', { claims: { aud: 'another-service' } }],
    ['typ', { header: { typ: 'JWT' } }],
    ['absent typ', { header: { typ: undefined } }],
    ['role', { claims: { roles: ['root'] } }],
    ['absent roles', { claims: { roles: undefined } }],
    ['subject', { claims: { sub: 'admin' } }],
  ])('security 21: refuses a wrong %s', async (_, change) => {
    expect(await verifier.verify(await forge(change))).toBeUndefined();
  });

  test('security 22: takes a token 3 s after its end and refuses it 6 s after', async () => {
    clock = start;
    const { token } = await signer.sign({ userId, roles: ['admin'] });

    clock = later(903);
    expect(await verifier.verify(token)).toMatchObject({ roles: ['admin'] });
    clock = later(906);
    expect(await verifier.verify(token)).toBeUndefined();
  });

  test('security 23: a token written in two ways has one id', async () => {
    const token = await forge();

    expect(await verifier.verify(token)).toMatchObject({ tokenId: 'token-1' });
    expect(await verifier.verify(`${token}==`)).toMatchObject({ tokenId: 'token-1' });
  });

  test('security 24: refuses a genuine token of more than 8 KiB', async () => {
    const fill = (length: number) => ({ claims: { filler: 'x'.repeat(length) } });

    expect(await verifier.verify(await forge(fill(5_000)))).toMatchObject({ userId });
    expect(await verifier.verify(await forge(fill(8_192)))).toBeUndefined();
  });

  test('security 24: refuses 2 MB without reading them', async () => {
    const token = await forge({ claims: { filler: 'x'.repeat(2_000_000) } });
    const before = performance.now();

    expect(await verifier.verify(token)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(5);
  });

  test('security 25: refuses an unknown crit', async () => {
    const crit = { header: { crit: ['urn:unknown'], 'urn:unknown': true } };
    const token = await forge({ ...crit, options: { crit: { 'urn:unknown': true } } });

    expect(await verifier.verify(token)).toBeUndefined();
  });

  test('security 26: takes tokens of the old and of the new key while both are published', async () => {
    clock = start;
    const next = createTestKeys('2026-12');
    const both = toJwks(keys.publicJwk, next.publicJwk);
    const overlap = createAccessTokenVerifier({ ...parties, publicKeys: both, now });
    const newSigner = createAccessTokenSigner({
      ...parties,
      privateKeys: toJwks(next.privateJwk, keys.privateJwk),
      now,
    });
    const { token } = await newSigner.sign({ userId, roles: ['user'] });

    expect(await overlap.verify(await forge())).toMatchObject({ userId });
    expect(await overlap.verify(token)).toMatchObject({ userId });
    expect(await verifier.verify(token)).toBeUndefined();
  });
});

describe('createPublicKeys', () => {
  test('shows the public members of every key and never the private one', () => {
    const { kty, crv, x, kid, alg, use } = keys.publicJwk;

    const shown = createPublicKeys({ publicKeys: keys.privateKeys }).jwks();

    expect(shown).toEqual({ keys: [{ kty, crv, x, kid, alg, use }] });
  });
});

describe('keys', () => {
  test.each(['', '{}', 'not json', toJwks(), toJwks({ kty: 'oct', k: 'AA', kid: 'a' })])(
    'throws TypeError for %j, at once and without quoting it',
    (text) => {
      const build = () => createAccessTokenSigner({ ...parties, privateKeys: text });

      expect(build).toThrow(TypeError);
      expect(build).toThrow(/^The text is no JWK set of Ed25519 private keys/);
      expect(() => createAccessTokenVerifier({ ...parties, publicKeys: text })).toThrow(TypeError);
    },
  );

  test('throws TypeError for a public key where a private one is needed', () => {
    expect(() => createAccessTokenSigner({ ...parties, privateKeys: keys.publicKeys })).toThrow(
      TypeError,
    );
  });
});

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
