import { describe, expect, test } from '@jest/globals';
import type { BellEvent } from '#shared/contracts/events';
import type {
  AccessTokenSigner,
  AccessTokenVerifier,
  EventSigner,
  EventVerifier,
} from '#shared/core/ports';

/** A pair that belongs together, under a clock the test sets. */
export type AccessTokensFactory = (now: () => Date) => {
  readonly signer: AccessTokenSigner;
  readonly verifier: AccessTokenVerifier;
};

const identity = { userId: '01a1fd86-1a9a-7f0a-9ba7-de349ac063f4', roles: ['user'] } as const;

/** What every pair of {@link AccessTokenSigner} and {@link AccessTokenVerifier} does. */
export function accessTokensContract(name: string, create: AccessTokensFactory): void {
  describe(`AccessTokenSigner and AccessTokenVerifier: ${name}`, () => {
    const start = new Date('2026-11-21T10:00:00Z');
    let clock = start;
    const { signer, verifier } = create(() => clock);

    test('a signed token tells who it belongs to', async () => {
      clock = start;
      const { token, expiresInSeconds } = await signer.sign(identity);

      const claims = await verifier.verify(token);

      expect(claims).toMatchObject({ ...identity, issuedAt: start.getTime() / 1000 });
      expect(claims?.expiresAt).toBe(start.getTime() / 1000 + expiresInSeconds);
    });

    test('no two tokens have the same id', async () => {
      const tokens = await Promise.all([signer.sign(identity), signer.sign(identity)]);
      const claims = await Promise.all(tokens.map(({ token }) => verifier.verify(token)));

      expect(claims[0]?.tokenId).not.toBe(claims[1]?.tokenId);
    });

    test('a token does not hold after its time', async () => {
      clock = start;
      const { token, expiresInSeconds } = await signer.sign(identity);
      clock = new Date(start.getTime() + (expiresInSeconds + 60) * 1000);

      expect(await verifier.verify(token)).toBeUndefined();
    });

    test.each(['', 'x', 'a.b.c'])('%j is no token', async (text) => {
      expect(await verifier.verify(text)).toBeUndefined();
    });
  });
}

/** An event for tests. */
export const exampleEvent: BellEvent = {
  v: 1,
  type: 'video_uploaded',
  jobId: '01a1fd86-1a9a-7f0a-9ba7-de349ac063f4',
  requestId: 'call-1',
};

/** What every pair of {@link EventSigner} and {@link EventVerifier} does. */
export function eventsContract(
  name: string,
  create: () => { readonly signer: EventSigner; readonly verifier: EventVerifier },
): void {
  describe(`EventSigner and EventVerifier: ${name}`, () => {
    const { signer, verifier } = create();

    test('a signed event comes back as it was', async () => {
      expect(await verifier.verify(await signer.sign(exampleEvent))).toEqual(exampleEvent);
    });

    test.each(['', '{}', 'a.b.c'])('%j is no event', async (text) => {
      expect(await verifier.verify(text)).toBeUndefined();
    });
  });
}
