import { describe, expect, test } from '@jest/globals';
import { CompactSign } from 'jose';
import { eventsContract, exampleEvent } from '#shared/testing/tokens.contract';
import { createTestKeys, toJwks } from '#shared/testing/tokens.keys';
import { createAccessTokenSigner } from './access-tokens.ts';
import { createEventSigner, createEventVerifier } from './events.ts';

const keys = createTestKeys('bells');
const { privateKeys, publicKeys } = keys;
const signer = createEventSigner({ privateKeys });
const verifier = createEventVerifier({ publicKeys });

eventsContract('Ed25519', () => ({ signer, verifier }));

function forge(change: { header?: object; body?: unknown; key?: object } = {}): Promise<string> {
  const payload = Buffer.from(JSON.stringify(change.body ?? exampleEvent));
  return new CompactSign(payload)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'event+jws', kid: keys.kid, ...change.header })
    .sign(change.key ?? keys.privateJwk);
}

describe('createEventVerifier', () => {
  test('takes an event forged without any change, so that each refusal below has one reason', async () => {
    expect(await verifier.verify(await forge())).toEqual(exampleEvent);
  });

  test('security 34: an event carries jobId, jti, iat and kid', async () => {
    const clock = () => new Date('2026-11-21T10:00:00Z');
    const jws = await createEventSigner({ privateKeys, now: clock }).sign(exampleEvent);
    const [header, payload] = jws.split('.').slice(0, 2).map(decode);

    expect(header).toEqual({ alg: 'EdDSA', typ: 'event+jws', kid: 'bells' });
    expect(payload).toEqual({ ...exampleEvent, jti: expect.any(String), iat: 1795255200 });
  });

  test('security 34: refuses an altered event', async () => {
    const [header, , signature] = (await forge()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...exampleEvent, requestId: 'x' }));
    const altered = [header, payload.toString('base64url'), signature].join('.');

    expect(await verifier.verify(altered)).toBeUndefined();
  });

  test.each([
    ['another typ', { header: { typ: 'at+jwt' } }],
    ['no typ', { header: { typ: undefined } }],
    ['an unknown kid', { header: { kid: 'other' } }],
    ['no kid', { header: { kid: undefined } }],
    ['a foreign key', { key: createTestKeys('bells').privateJwk }],
    ['an unknown type', { body: { ...exampleEvent, type: 'format_disk' } }],
    ['another version', { body: { ...exampleEvent, v: 2 } }],
    ['a job id that is none', { body: { ...exampleEvent, jobId: '../x' } }],
    ['a body that is no object', { body: 'video_uploaded' }],
    ['more than 8 KiB', { body: { ...exampleEvent, filler: 'x'.repeat(8_192) } }],
  ])('security 34: refuses an event with %s', async (_, change) => {
    expect(await verifier.verify(await forge(change))).toBeUndefined();
  });

  test("security 34: refuses a person's access token, even of the same key", async () => {
    const parties = { issuer: 'i', audience: 'a' };
    const { token } = await createAccessTokenSigner({ ...parties, privateKeys }).sign({
      userId: exampleEvent.jobId,
      roles: ['admin'],
    });

    expect(await verifier.verify(token)).toBeUndefined();
  });

  test('security 35: takes a genuine event again, and years later', async () => {
    const past = () => new Date('2020-01-01T00:00:00Z');
    const jws = await createEventSigner({ privateKeys, now: past }).sign(exampleEvent);

    expect(await verifier.verify(jws)).toEqual(exampleEvent);
    expect(await verifier.verify(jws)).toEqual(exampleEvent);
  });

  test('fault 37: takes events of the old key while it is in the set, and not after', async () => {
    const next = createTestKeys('next');
    const overlap = createEventVerifier({ publicKeys: toJwks(next.publicJwk, keys.publicJwk) });
    const jws = await signer.sign(exampleEvent);

    expect(await overlap.verify(jws)).toEqual(exampleEvent);
    expect(await createEventVerifier({ publicKeys: next.publicKeys }).verify(jws)).toBeUndefined();
  });
});

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
